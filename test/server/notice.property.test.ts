/** A notice does not change when it is sent over a network. */
import fc from 'fast-check';
import { either as E } from 'fp-ts';
import { describe, expect, it } from 'vitest';
import { Notice } from 'rx-realtime/server';
import { serverCommands } from '../../codecs/server-commands/index.js';
import { arbitraryOf, wellFormedText } from '../codecs/arbitrary-of.js';

const push = fc.record(
  {
    _tag: fc.constant('Push' as const),
    command: fc.oneof(...serverCommands.map((codec) => arbitraryOf(codec))),
    except: wellFormedText,
    cause: wellFormedText,
    priority: fc.constantFrom(1 as const, 2 as const, 3 as const),
  },
  { requiredKeys: ['_tag', 'command'], noNullPrototype: true },
);

const notices: fc.Arbitrary<Notice> = fc.oneof(
  push,
  fc.record({ _tag: fc.constant('Displace' as const), sessions: fc.array(wellFormedText) }, { noNullPrototype: true }),
  fc.record({ _tag: fc.constant('Resume' as const), session: wellFormedText }, { noNullPrototype: true }),
  fc.record(
    { _tag: fc.constant('Kick' as const), code: fc.integer(), reason: wellFormedText },
    { noNullPrototype: true },
  ),
  fc.record({ _tag: fc.constant('Exit' as const), roomId: wellFormedText }, { noNullPrototype: true }),
);

describe('the codec of a notice', () => {
  it('decodes what it has encoded', () => {
    fc.assert(
      fc.property(notices, (notice) => {
        expect(Notice.decode(Notice.encode(notice))).toEqual(E.right(notice));
      }),
    );
  });

  it('decodes what it has encoded, also through JSON', () => {
    fc.assert(
      fc.property(notices, (notice) => {
        expect(Notice.decode(JSON.parse(JSON.stringify(Notice.encode(notice))))).toEqual(E.right(notice));
      }),
    );
  });

  it('refuses values that are not notices', () => {
    for (const input of [
      undefined,
      'Push',
      { _tag: 'Push', command: '?' },
      { _tag: 'Kick', code: '1', reason: '' },
      { _tag: 'Other' },
    ])
      expect(E.isLeft(Notice.decode(input))).toBe(true);
  });
});
