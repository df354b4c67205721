import { Observable, Subject, map, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text } from '../../codecs/index.js';
import { outgoing, type ClientEvent, type Outgoing, type OutgoingState } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { arrived, message } from './log.js';

const out = (token: string, progress: Outgoing['progress'], conversationId = 'c'): Outgoing => ({
  _tag: 'Outgoing',
  conversationId,
  token,
  body: text(token),
  at: 1,
  progress,
});
const sending = (token: string, conversationId?: string): Outgoing => out(token, { _tag: 'sending' }, conversationId);
const sent = (token: string): Outgoing => out(token, { _tag: 'sent', message: message() });
const failed = (token: string): Outgoing => out(token, { _tag: 'failed', error: new Error('no') });

const shown = ({ of }: OutgoingState, id = 'c'): string =>
  of(id)
    .map(({ token, error }) => `${token}${error === undefined ? '' : '!'}`)
    .join(' ');

describe('the own messages that are not stored yet', () => {
  it('are a map of those that are being sent, in the order of sending', () => {
    marbles(({ hot, expectObservable }) => {
      const log$ = hot<ClientEvent>('-a-b-m-s-f|', {
        a: sending('a'),
        b: sending('b'),
        m: arrived({}),
        s: sent('a'),
        f: failed('b'),
      });
      const [{ outbox$ }] = outgoing(log$, virtualClock.after);
      expectObservable(outbox$.pipe(map((waiting) => [...waiting.keys()].join()))).toBe('xa-b---s-f|', {
        x: '',
        a: 'a',
        b: 'a,b',
        s: 'b',
        f: '',
      });
    });
  });

  it('are told to a subscriber that sends a message while it gets the current map', () => {
    const log = new Subject<ClientEvent>();
    const [{ outbox$ }] = outgoing(log, () => of(undefined));
    const sizes: number[] = [];
    outbox$.subscribe(({ size }) => {
      sizes.push(size);
      if (size === 0) log.next(sending('a'));
    });
    expect(sizes).toEqual([0, 1]);
  });

  it('include failed ones until they are sent again, discarded or stored; each keeps its place', () => {
    const log = new Subject<ClientEvent>();
    const [state] = outgoing(log, (ms) => timer(ms));
    const after = (...events: readonly ClientEvent[]): string => {
      for (const event of events) log.next(event);
      return `${shown(state)}, ${String(state.size())}`;
    };
    expect(after(sending('a'), sending('b'), sending('x', 'other'))).toBe('a b, 3');
    expect(after(failed('a'))).toBe('a! b, 2');
    expect(after(sending('a'))).toBe('a b, 3');
    expect(after(failed('a'), failed('b'))).toBe('a! b!, 1');
    expect(after(out('a', { _tag: 'failed' }))).toBe('b!, 1');
    expect(after(sent('b'))).toBe(', 1');
    expect(shown(state, 'other')).toBe('x');
    expect(state.get('b')).toBeUndefined();
  });

  it('keep files that could not be stored up to 64 MiB, and the latest one', () => {
    const log = new Subject<ClientEvent>();
    const [state] = outgoing(log, (ms) => timer(ms));
    const upload = (token: string, mebibytes: number): ClientEvent => ({
      ...failed(token),
      body: { _tag: 'Upload', file: { data: { size: mebibytes * 1_048_576 } as Blob } },
    });
    const after = (event: ClientEvent): string => {
      log.next(event);
      return shown(state);
    };
    expect(after(upload('a', 30))).toBe('a!');
    expect(after(failed('text'))).toBe('a! text!');
    expect(after(upload('b', 34))).toBe('a! text! b!');
    expect(after(upload('c', 1))).toBe('text! b! c!');
    expect(after(upload('d', 100))).toBe('text! d!');
    expect(after(upload('e', 1))).toBe('text! e!');
  });

  it('are not a new map for the progress of an upload', () => {
    const log = new Subject<ClientEvent>();
    const [{ outbox$, size }] = outgoing(log, () => of(undefined));
    const maps: unknown[] = [];
    outbox$.subscribe((map) => maps.push(map));
    log.next({
      ...out('a', { _tag: 'uploading', progress: 0.5 }),
      body: { _tag: 'Upload', file: { data: new Blob() } },
    });
    expect([maps.length, size()]).toEqual([1, 0]);
  });

  it('are the latest 1,000 of those that have failed', () => {
    const log = new Subject<ClientEvent>();
    const [state] = outgoing(log, (ms) => timer(ms));
    for (let index = 0; index < 1_100; index += 1) log.next(failed(String(index)));
    expect(state.of('c')).toHaveLength(1_000);
    expect(state.of('c')[0]?.token).toBe('100');
  });
});

/** Sends messages, then stores one in each millisecond. Counts the entries of all maps that are emitted. */
const copied = (count: number, isWatched: boolean): number => {
  let entries = 0;
  let now = 0;
  const due: { readonly at: number; readonly emit: () => void }[] = [];
  const after = (ms: number): Observable<unknown> =>
    new Observable((subscriber) => {
      due.push({
        at: now + ms,
        emit: () => {
          subscriber.next(undefined);
        },
      });
    });
  const log = new Subject<ClientEvent>();
  const [{ outbox$ }] = outgoing(log, after);
  if (isWatched) outbox$.subscribe(({ size }) => (entries += size));
  for (let index = 0; index < count; index += 1) log.next(sending(String(index)));
  for (; now < count; now += 1) {
    while ((due[0]?.at ?? Infinity) <= now) due.shift()?.emit();
    log.next(sent(String(now)));
  }
  return entries;
};

describe('what messages that are being sent cost', () => {
  it('is no map while nobody watches', () => {
    expect(copied(500, false)).toBe(0);
  });

  it('grows with their number, not with its square: fewer than 400 entries are copied in a millisecond', () => {
    for (const count of [400, 4_000]) expect(copied(count, true)).toBeLessThan(count * 400);
  });

  it('is one map for all changes of a turn', () => {
    marbles(({ hot }) => {
      const log = new Subject<ClientEvent>();
      const [{ outbox$ }] = outgoing(log, virtualClock.after);
      const sizes: number[] = [];
      outbox$.subscribe(({ size }) => sizes.push(size));
      hot('5ms x').subscribe(() => {
        for (const token of ['a', 'b', 'c']) log.next(sending(token));
        log.next(sent('a'));
      });
      hot('9ms x').subscribe(() => {
        expect(sizes).toEqual([0, 2]);
      });
    });
  });
});
