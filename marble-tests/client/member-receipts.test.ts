import { defer, filter, of, take, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ServerCommand } from '../../codecs/index.js';
import type { SigningLink } from '../../src/client/link.js';
import { memberReceipts } from '../../src/client/members/member-receipts.js';
import { fetchReceipts } from '../../src/client/members/receipts.js';
import { ServerRejected } from '../../src/errors.js';
import type { Fault } from '../../src/faults.js';
import type { ConversationEvent, Receipts } from '../../streams/index.js';
import { marbles } from '../marbles.js';
import { linkBy } from '../replies.js';
import { receipt } from '../streams/log.js';
import { conversationHandle } from './internals.js';

/** A link whose answers are drawn in the diagram. */
const linkTo = (answer: () => Observable<ServerCommand>): SigningLink => ({
  sign: () => of({}),
  clientId: 'Tom',
  ...linkBy((_command, kind) =>
    defer(answer).pipe(
      filter((command) => kind.is(command)),
      take(1),
    ),
  ),
});

const readiness = { t: true, f: false };
const members = (...entries: readonly (readonly [string, Receipts])[]): ReadonlyMap<string, Receipts> =>
  new Map(entries);
const answers: Record<string, ServerCommand> = {
  a: {
    cmd: 'conv',
    op: 'max_read',
    convMessage: {
      cid: 'c',
      maxReadTuples: [
        { pid: 'Jerry', maxAckTimestamp: 5 },
        { pid: 'Spike', maxAckTimestamp: 7, maxReadTimestamp: 6 },
      ],
    },
  },
  n: { cmd: 'conv', op: 'max_read', convMessage: {} },
  o: { cmd: 'conv', op: 'max_read', convMessage: { cid: 'c', maxAckTimestamp: 5, maxReadTimestamp: 4 } },
};
const known = {
  n: members(),
  j: members(['Jerry', { deliveredAt: 5 }]),
  s: members(['Jerry', { deliveredAt: 5 }], ['Spike', { deliveredAt: 7, readAt: 6 }]),
  S: members(['Jerry', { deliveredAt: 5 }], ['Spike', { deliveredAt: 7 }]),
  r: members(['Jerry', { deliveredAt: 9, readAt: 9 }], ['Spike', { deliveredAt: 7, readAt: 6 }]),
};

describe('memberReceipts', () => {
  it('starts empty, asks the server when the session is open, and changes with the receipts of the log', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const events$ = hot<ConversationEvent>('-------r', {
        r: { ...receipt('read', 9), from: 'Jerry' } as ConversationEvent,
      });
      const all$ = memberReceipts(
        conversationHandle({
          client: { link: linkTo(() => cold('-a', answers)), open$: cold('t', readiness) },
          events$,
        }),
      );
      expectObservable(all$, '^--------!').toBe('n(jSs)-r', known);
    });
  });

  it('asks once for all subscribers; a later subscriber gets the current map', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      let asked = 0;
      const all$ = memberReceipts(
        conversationHandle({
          client: {
            link: linkTo(() => {
              asked += 1;
              return cold('-a', answers);
            }),
            open$: cold('t', readiness),
          },
          events$: hot('-'),
        }),
      );
      expectObservable(all$, '^--------!').toBe('n(jSs)', known);
      expectObservable(all$, '---^-----!').toBe('---s', known);
      flush();
      expect(asked).toBe(1);
    });
  });

  it('asks again after a reconnect, and reports a request that fails', () => {
    marbles(({ cold, hot, expectObservable, flush }) => {
      const faults: Fault[] = [];
      const refused = new ServerRejected(4301, 'x');
      let asked = 0;
      const all$ = memberReceipts(
        conversationHandle({
          client: {
            link: linkTo(() => ((asked += 1) === 1 ? cold('#', undefined, refused) : cold('n', answers))),
            open$: cold('t-f-t', readiness),
            report: (fault) => faults.push(fault),
          },
          events$: hot('-'),
        }),
      );
      expectObservable(all$, '^------!').toBe('n', known);
      flush();
      expect(asked).toBe(2);
      expect(faults).toEqual([{ _tag: 'CatchUp', clientId: 'Tom', conversationId: 'c', error: refused }]);
    });
  });

  it('emits nothing if the answer after a reconnect has nothing new', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const all$ = memberReceipts(
        conversationHandle({
          client: { link: linkTo(() => cold('a', answers)), open$: cold('t--f-t', readiness) },
          events$: hot('-'),
        }),
      );
      expectObservable(all$, '^------!').toBe('(njSs)', known);
    });
  });
});

describe('fetchReceipts', () => {
  it('emits the receipts of all other members as entries of the log, then completes', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(
        fetchReceipts(
          linkTo(() => cold('-o', answers)),
          'c',
        ),
      ).toBe('-(o|)', {
        o: [receipt('delivered', 5), receipt('read', 4)],
      });
      expectObservable(
        fetchReceipts(
          linkTo(() => cold('-n', answers)),
          'c',
        ),
      ).toBe('-(n|)', { n: [] });
    });
  });
});
