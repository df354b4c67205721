import { describe, it } from 'vitest';
import { messageStatus, type ClientEvent, type DeliveryStatus } from '../../streams/index.js';
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
