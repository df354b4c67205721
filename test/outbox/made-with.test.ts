import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createRealtime, type Outbox } from 'rx-realtime';

describe('an outbox that was not made with createOutbox', () => {
  it.each([[true], [{}], [{ maxAge: 1 }], [null]])('is refused at the login: %j', async (given) => {
    const realtime = createRealtime({
      appId: 'app',
      server: 'ws://127.0.0.1:1',
      outbox: given as unknown as Outbox,
    });
    await expect(firstValueFrom(realtime.login('Tom'))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      message: 'outbox should be made with createOutbox, or be left out',
    });
    realtime.close();
  });
});
