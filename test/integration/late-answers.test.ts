/** What nobody waits for any more comes about all the same, and the log says so. */
import { distinctUntilChanged, filter, firstValueFrom, lastValueFrom, map, take, takeWhile, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type LogEntry, timeline, log } from 'rx-realtime';
import { next, sent, textOf, world } from './world.js';

/** The server answers messages of this text only when it is told to. */
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

describe('an answer that comes late', () => {
  it('puts a message into the log and the timeline of who has given it up, once and in its place', async () => {
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
    // The first frame is written when it is subscribed to.
    here.send(text('two')).subscribe().unsubscribe();
    await sent(here, text('three'));
    expect((await heard).map(textOf)).toEqual(['one', 'two', 'three']);
    expect(await logged).toEqual(['sent one', 'sent two', 'sent three']);
    expect(await listed).toEqual(['one', 'two', 'three']);
  });

  it('shows a message that was said to have failed as what it is', async () => {
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

  it('tells the log of an edit that nobody has waited for', async () => {
    const { here } = await pair();
    const message = await sent(here, text('before'));
    const changes = next(here.modifications$, 1);
    here.edit(message, text('after')).subscribe().unsubscribe();
    expect(await changes).toMatchObject([{ _tag: 'Edit', message: { id: message.id, body: text('after') } }]);
  });
});
