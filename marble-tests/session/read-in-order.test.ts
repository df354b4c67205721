/** Entries on their way from the session to the inbox. */
import { map, of } from 'rxjs';
import { describe, it } from 'vitest';
import { bodyCodec } from '../../codecs/index.js';
import { limitsOf } from '../../src/limits.js';
import type { Pipeline, RawEntry } from '../../src/session/message-reader.js';
import { readInOrder, type Told } from '../../src/session/read-in-order.js';
import { marbles, virtualClock } from '../marbles.js';
import { arrived, message, read } from '../streams/log.js';

const raw = (id: string, conversationId = 'c'): RawEntry => ({
  _tag: 'Raw',
  becomes: 'Message',
  conversationId,
  id,
  from: 'Jerry',
  transient: false,
  wire: { timestamp: 1 },
  content: { msg: id },
});
const said = (id: string, conversationId = 'c') =>
  arrived(message({ id, conversationId, from: 'Jerry', timestamp: 1, body: { _tag: 'Plain', content: id } }));
const own = arrived({ id: 'own', from: 'Tom' }, 'sent');

const told: Readonly<Record<string, Told>> = {
  a: raw('slow'),
  b: raw('quick'),
  o: own,
  r: read(1),
  d: raw('quick', 'd'),
};
const entries = { a: said('slow'), b: said('quick'), o: own, r: read(1), d: said('quick', 'd') };

const reading = (pipeline: Pipeline | undefined, limits = {}) =>
  readInOrder({ self: 'Tom', bodies: bodyCodec(), report: () => undefined, pipeline }, limitsOf(limits));

/** A plugin that takes 5 ms for one of the messages. */
const plugin: Pipeline = {
  content: (content) => (content.msg === 'slow' ? virtualClock.after(5).pipe(map(() => content)) : of(content)),
  message: (one) => of(one),
};

describe('reading in order', () => {
  it('passes entries on at once if there are no plugins', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abord|', told).pipe(reading(undefined))).toBe('abord|', entries);
    });
  });

  it('holds entries, own messages too, behind a slow message of their conversation; other entries go on', () => {
    marbles(({ hot, expectObservable }) => {
      expectObservable(hot('abord|', told).pipe(reading(plugin))).toBe('---rd(abo|)', entries);
    });
  });

  it.each([[{ waiting: 2 }], [{ waitingBytes: 20 }]])('drops what is over the limits of %o, in its place', (limits) => {
    marbles(({ hot, expectObservable }) => {
      const lost = { _tag: 'Lost', conversationId: 'c', upTo: 1 };
      const read$ = hot('abbob------d|', told).pipe(reading(plugin, limits));
      expectObservable(read$).toBe('-----(ablo)d|', { ...entries, l: lost });
    });
  });
});
