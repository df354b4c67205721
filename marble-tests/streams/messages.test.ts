import type { Observable } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { TextType, type Text } from '../../codecs/index.js';
import { comparePositions, isConversationEvent, messages, ofType, type Message } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { arrived, message, read } from './log.js';

describe('messages', () => {
  it('emit messages of others and of other devices, live or missed, but not messages sent here', () => {
    marbles(({ hot, expectObservable }) => {
      const live = message({ timestamp: 1 });
      const missed = message({ timestamp: 2 });
      const log$ = hot('-l-m-s-r-|', {
        l: arrived(live),
        m: arrived(missed, 'missed'),
        s: arrived({ timestamp: 3 }, 'sent'),
        r: read(1),
      });
      expectObservable(log$.pipe(messages())).toBe('-l-m-----|', { l: live, m: missed });
    });
  });
});

describe('ofType', () => {
  it('emits the messages of one type only', () => {
    marbles(({ hot, expectObservable }) => {
      const text = message();
      const log$ = hot('-t-p-u-|', {
        t: text,
        p: message({ body: { _tag: 'Plain', content: 'squeak' } }),
        u: message({ body: { _tag: 'Unknown', type: 7, raw: '{}' } }),
      });
      expectObservable(log$.pipe(ofType(TextType))).toBe('-t-----|', { t: text });
    });
  });

  it('gives the body the type of the message type', () => {
    expectTypeOf(ofType(TextType)).returns.toExtend<Observable<Message<Text>>>();
  });
});

describe('positions', () => {
  it('are ordered by time, then by id', () => {
    const positions = [
      { timestamp: 2, id: 'a' },
      { timestamp: 1, id: 'b' },
      { timestamp: 1, id: 'a' },
    ];
    expect([...positions].sort(comparePositions).map(({ timestamp, id }) => `${timestamp}${id}`)).toEqual([
      '1a',
      '1b',
      '2a',
    ]);
    expect(comparePositions({ timestamp: 1, id: 'a' }, { timestamp: 1, id: 'a' })).toBe(0);
  });
});

describe('an entry of a log', () => {
  it('belongs to a conversation or to the client', () => {
    expect(isConversationEvent(arrived())).toBe(true);
    expect(isConversationEvent({ _tag: 'CaughtUp' })).toBe(false);
  });
});
