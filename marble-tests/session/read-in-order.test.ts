/** Entries on their way from the session to the inbox. */
import { map, of } from 'rxjs';
import { describe, it } from 'vitest';
import { bodyCodec } from '../../codecs/index.js';
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

const reading = (pipeline: Pipeline | undefined) =>
  readInOrder({ self: 'Tom', bodies: bodyCodec(), report: () => undefined, pipeline });

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
});
