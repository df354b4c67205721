/** Edits and recalls. */
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type Message } from 'rx-realtime';
import { next, sent, textOf, world } from './world.js';

const { pair, realtimes } = world();

describe('edits and recalls', () => {
  it('M18 M19 M20: reach the other members, the log of this client, and history', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 2);
    const [one, two] = [await sent(here, text('one')), await sent(here, text('two'))];
    await heard;
    const own = next(here.modifications$, 2);
    const seen = next(there.modifications$, 2);
    await lastValueFrom(here.edit(one, text('uno'), { mentions: ['Jerry'] }));
    await lastValueFrom(here.recall(two));
    const expected = [
      {
        _tag: 'Edit',
        message: { id: one.id, timestamp: one.timestamp, from: 'Tom', body: text('uno'), mentions: ['Jerry'] },
      },
      { _tag: 'Recall', message: { id: two.id, timestamp: two.timestamp, from: 'Tom', body: { _tag: 'Recalled' } } },
    ];
    expect(await own).toMatchObject(expected);
    expect(await seen).toMatchObject([
      { ...expected[0], message: { ...expected[0]?.message, mentioned: true } },
      expected[1],
    ]);
    const history = await firstValueFrom(there.history());
    expect(history.map(textOf)).toEqual(['uno', 'Recalled']);
    expect(history.every(({ editedAt }) => editedAt !== undefined)).toBe(true);
  });

  it('M18 M19: are refused by the client and by the server for messages of other clients', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    await sent(here, text('mine'));
    const [message] = (await heard) as [Message];
    for (const attempt$ of [there.recall(message), there.edit(message, text('yours'))])
      await expect(lastValueFrom(attempt$)).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    await expect(lastValueFrom(there.recall({ ...message, from: 'Jerry' }))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4403,
    });
    await expect(lastValueFrom(here.recall({ ...message, id: 'nothing' }))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4404,
    });
  });

  it('M19: an edit that was missed during a break comes after the reconnect', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    const message = await sent(here, text('before'));
    await heard;
    const [, far] = realtimes;
    far?.pause();
    await lastValueFrom(here.edit(message, text('after')));
    const seen = next(there.modifications$, 1);
    far?.resume();
    expect(await seen).toMatchObject([{ _tag: 'Edit', message: { id: message.id, body: text('after') } }]);
  });
});
