/** The timeline of a conversation, with messages that are being sent. */
import { EMPTY, Subject, filter, firstValueFrom, lastValueFrom, map, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  createOutbox,
  text,
  type Conversation,
  type Gap,
  type Timeline,
  type TimelineOptions,
  timeline,
} from 'rx-realtime';
import { next, sent, textOf, world } from './world.js';

const { pair, realtimes } = world();

const short = ({ entries, hasOlder }: Timeline): string => {
  const shown = entries.map((entry) => {
    if (entry._tag === 'Message') return textOf(entry.message);
    if (entry._tag === 'Gap') return '~';
    return `(${entry.body._tag === 'Text' ? entry.body.text : ''}${entry.error === undefined ? '' : '!'})`;
  });
  return `${hasOlder ? '…' : ''}${shown.join(' ')}`;
};

/** A subscription to a timeline. `become` waits until the timeline has the given content. */
const watch = (conversation: Conversation, options?: TimelineOptions) => {
  const seen: string[] = [];
  const changes = new Subject<string>();
  const subscription = timeline(conversation, options)
    .pipe(map(short))
    .subscribe((now) => {
      seen.push(now);
      changes.next(now);
    });
  const become = async (wanted: string): Promise<void> => {
    if (seen.at(-1) !== wanted) await firstValueFrom(changes.pipe(filter((now) => now === wanted)));
  };
  return { become, seen, subscription };
};

describe('a timeline', () => {
  it('has history, older pages on demand, live messages, edits and recalls', async () => {
    const { here, there } = await pair();
    const messages = [];
    const heard = next(there.messages$, 5);
    for (const content of ['a', 'b', 'c', 'd', 'e']) messages.push(await sent(here, text(content)));
    await heard;
    const older = new Subject<void>();
    const { become, subscription } = watch(there, { pageSize: 2, older$: older });
    await become('…d e');
    older.next();
    await become('…b c d e');
    await sent(here, text('f'));
    await become('…b c d e f');
    older.next();
    await become('a b c d e f');
    const [first] = messages;
    if (first === undefined) throw new Error('a message was sent');
    await lastValueFrom(here.edit(first, text('A')));
    await become('A b c d e f');
    await lastValueFrom(here.recall(first));
    await become('Recalled b c d e f');
    subscription.unsubscribe();
  });

  it('shows messages that are being sent at the end, also during a break; each moves to its place once', async () => {
    const { tom, here, there } = await pair({ outbox: createOutbox() });
    await sent(here, text('a'));
    const { become, seen, subscription } = watch(here);
    await become('a');
    realtimes[0]?.pause();
    const waiting = lastValueFrom(here.send(text('mine')));
    await become('a (mine)');
    expect([...(await firstValueFrom(tom.outbox$)).values()].map(({ body }) => body)).toEqual([text('mine')]);
    await sent(there, text('theirs'));
    realtimes[0]?.resume();
    realtimes[0]?.retry();
    await waiting;
    await become('a theirs mine');
    expect((await firstValueFrom(tom.outbox$)).size).toBe(0);
    expect(new Set(seen.filter((now) => now.includes('mine')))).toEqual(
      new Set(['a (mine)', 'a theirs (mine)', 'a theirs mine']),
    );
    subscription.unsubscribe();
  });

  it('shows failed messages with their errors', async () => {
    const { here } = await pair();
    const { become, subscription } = watch(here);
    await become('');
    realtimes[0]?.pause();
    await expect(lastValueFrom(here.send(text('lost')))).rejects.toMatchObject({ _tag: 'ConnectionLost' });
    await become('(lost!)');
    subscription.unsubscribe();
  });

  it('goes on if the request stream for older pages errors, and reports it', async () => {
    const { here } = await pair();
    await sent(here, text('a'));
    const told = firstValueFrom(realtimes[0]?.faults$ ?? EMPTY);
    const { become, subscription } = watch(here, { older$: throwError(() => new Error('no more')) });
    expect(await told).toMatchObject({ _tag: 'CatchUp', error: { _tag: 'InvalidArgument' } });
    await become('a');
    await sent(here, text('b'));
    await become('a b');
    subscription.unsubscribe();
  });

  it('has a gap if more messages were missed than are fetched, and fills it on demand', async () => {
    const { here, there } = await pair({ catchUpLimit: 2 });
    await sent(here, text('a'));
    const fill = new Subject<Gap>();
    const { become, subscription } = watch(there, { fill$: fill });
    let gap: Gap | undefined;
    there.events$.subscribe((event) => {
      if (event._tag === 'Gap') gap = event;
    });
    await become('a');
    realtimes[1]?.pause();
    const contents = Array.from({ length: 12 }, (_, index) => String(index));
    for (const content of contents) await sent(here, text(content));
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    await become('a 0 1 ~');
    if (gap !== undefined) fill.next(gap);
    await become(`a ${contents.join(' ')}`);
    subscription.unsubscribe();
  });
});
