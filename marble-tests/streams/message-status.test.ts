import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { messageStatus, type ClientEvent, type DeliveryStatus } from '../../streams/index.js';
import { messageStatuses } from '../../streams/message-status.js';
import { marbles } from '../marbles.js';
import { arrived, receipt } from './log.js';

const of = (kind: 'delivered' | 'read', at: number, messageId?: string): ClientEvent => ({
  ...receipt(kind, at),
  ...(messageId === undefined ? {} : { messageId }),
});

const status: Record<string, DeliveryStatus> = {
  s: { _tag: 'sent' },
  d: { _tag: 'delivered', at: 20 },
  r: { _tag: 'read', at: 30 },
};

/** Follows the message `m`, which was sent at 10. */
const diagram = (
  log: string,
  events: Readonly<Record<string, ClientEvent>>,
  expected: string,
  unsubscription?: string,
): void => {
  marbles(({ hot, expectObservable }) => {
    expectObservable(hot(log, events).pipe(messageStatus({ id: 'm', timestamp: 10 })), unsubscription).toBe(
      expected,
      status,
    );
  });
};

describe('messageStatus', () => {
  it('emits sent at once, then delivered, then read, then completes', () => {
    diagram('-d-r-r', { d: of('delivered', 20, 'm'), r: of('read', 30, 'm') }, 'sd-(r|)');
  });

  it('emits read even without a delivery receipt, and never goes back', () => {
    diagram('-r-d', { d: of('delivered', 20, 'm'), r: of('read', 30, 'm') }, 's(r|)');
  });

  it('emits nothing for a repeated receipt', () => {
    diagram('-d-d-', { d: of('delivered', 20, 'm') }, 'sd---', '^----!');
  });

  it('ignores receipts of other messages', () => {
    diagram('-d-r-', { d: of('delivered', 20, 'other'), r: of('read', 30, 'other') }, 's----', '^----!');
  });

  it('emits read, but not delivered, for the receipt of a later own message', () => {
    const later = arrived({ id: 'later', timestamp: 15 }, 'sent');
    diagram('-l-d-r', { l: later, d: of('delivered', 20, 'later'), r: of('read', 30, 'later') }, 's----(r|)');
  });

  it('does not emit read for the receipt of an earlier own message', () => {
    const earlier = arrived({ id: 'earlier', timestamp: 5 }, 'sent');
    diagram('-e-r', { e: earlier, r: of('read', 30, 'earlier') }, 's---', '^---!');
  });

  it('accepts a receipt without a message id if it is not older than the message', () => {
    diagram('-o-d-r', { o: of('delivered', 9), d: of('delivered', 20), r: of('read', 30) }, 's--d-(r|)');
  });

  it('completes with the log', () => {
    diagram('-d-|', { d: of('delivered', 20, 'm') }, 'sd-|');
  });

  it('errors with the log', () => {
    diagram('-#', {}, 's#');
  });
});

describe('many messages of one log', () => {
  it('share one subscription, and each of them gets what concerns it', () => {
    const log = new Subject<ClientEvent>();
    let idle = 0;
    const follow = messageStatuses(log, () => (idle += 1));
    const seen: string[] = [];
    const messages = [1, 2, 3].map((timestamp) => ({ id: `m${String(timestamp)}`, timestamp }));
    for (const { id, timestamp } of messages)
      follow({ id, timestamp }).subscribe({
        next: ({ _tag }) => seen.push(`${id} ${_tag}`),
        complete: () => seen.push(`${id} over`),
      });
    const told = (event: ClientEvent): readonly string[] => {
      seen.splice(0);
      log.next(event);
      return seen.slice();
    };
    for (const message of messages) log.next(arrived(message, 'sent'));
    expect(told(of('delivered', 9, 'm2'))).toEqual(['m2 delivered']);
    expect(told(of('delivered', 9))).toEqual(['m1 delivered', 'm3 delivered']);
    expect(told(of('read', 10, 'm2'))).toEqual(['m1 read', 'm1 over', 'm2 read', 'm2 over']);
    expect(idle).toBe(0);
    expect(told(of('read', 11))).toEqual(['m3 read', 'm3 over']);
    expect([idle, log.observed]).toEqual([1, false]);
  });
});
