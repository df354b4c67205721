/** A command takes effect even if nobody waits for its answer any more. The log shows the effect. */
import { distinctUntilChanged, filter, firstValueFrom, lastValueFrom, map, take, takeWhile, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type LogEntry, timeline, log } from 'rx-realtime';
import { next, sent, textOf, world } from './world.js';

/** The server answers messages with the text `late` only when the test calls `release`. */
let release = (): void => undefined;
const { pair } = world({
  hooks: {
    messageReceived: async ({ content }) => {
      if (content.includes('late'))
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      return undefined;
    },
  },
});

const what = (entry: LogEntry): string =>
  entry._tag === 'Message' ? `${entry.origin} ${textOf(entry.message)}` : entry._tag;

describe('a late answer', () => {
  it('puts a message into the log and the timeline once, in its place, after its send was unsubscribed', async () => {
    const { here, there } = await pair();
    const logged = lastValueFrom(log(here).pipe(map(what), take(3), toArray()));
    const listed = firstValueFrom(
      timeline(here).pipe(
        map(({ entries }) => entries.map((entry) => (entry._tag === 'Message' ? textOf(entry.message) : entry._tag))),
        filter((entries) => entries.includes('three')),
      ),
    );
    const heard = next(there.messages$, 3);
    await sent(here, text('one'));
    // The frame is written at the subscription.
    here.send(text('two')).subscribe().unsubscribe();
    await sent(here, text('three'));
    expect((await heard).map(textOf)).toEqual(['one', 'two', 'three']);
    expect(await logged).toEqual(['sent one', 'sent two', 'sent three']);
    expect(await listed).toEqual(['one', 'two', 'three']);
  });

  it('turns a failed message into a sent one', async () => {
    const { here } = await pair({ commandTimeout: 500 });
    const logged = next(log(here).pipe(map(what)), 1);
    const shown = lastValueFrom(
      timeline(here).pipe(
        map(({ entries }) =>
          entries
            .map((entry) => (entry._tag === 'Pending' && entry.error !== undefined ? 'failed' : entry._tag))
            .join(),
        ),
        distinctUntilChanged(),
        takeWhile((entries) => entries !== 'Message', true),
        toArray(),
      ),
    );
    await expect(lastValueFrom(here.send(text('late')))).rejects.toMatchObject({ _tag: 'CommandTimeout' });
    release();
    expect(await logged).toEqual(['sent late']);
    expect(await shown).toEqual(['', 'Pending', 'failed', 'Message']);
  });

  it('puts an edit into the log, although its command was unsubscribed', async () => {
    const { here } = await pair();
    const message = await sent(here, text('before'));
    const changes = next(here.modifications$, 1);
    here.edit(message, text('after')).subscribe().unsubscribe();
    expect(await changes).toMatchObject([{ _tag: 'Edit', message: { id: message.id, body: text('after') } }]);
  });
});
