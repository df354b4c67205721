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
const diagram = (log: string, events: Readonly<Record<string, ClientEvent>>, expected: string, unsubscription?: string): void => {
  marbles(({ hot, expectObservable }) => {
    expectObservable(hot(log, events).pipe(messageStatus({ id: 'm', timestamp: 10 })), unsubscription).toBe(expected, status);
  });
};

describe('messageStatus', () => {
  it('is sent at once, then delivered, then read, and ends there', () => {
    diagram('-d-r-r', { d: of('delivered', 20, 'm'), r: of('read', 30, 'm') }, 'sd-(r|)');
  });

  it('goes to read where the delivery was not told, and never back', () => {
    diagram('-r-d', { d: of('delivered', 20, 'm'), r: of('read', 30, 'm') }, 's(r|)');
  });

  it('says nothing of a receipt that comes again', () => {
    diagram('-d-d-', { d: of('delivered', 20, 'm') }, 'sd---', '^----!');
  });

  it('takes no receipt of another message for its own', () => {
    diagram('-d-r-', { d: of('delivered', 20, 'other'), r: of('read', 30, 'other') }, 's----', '^----!');
  });

  it('is read with a later message of one’s own, but not delivered with it', () => {
    const later = arrived({ id: 'later', timestamp: 15 }, 'sent');
    diagram('-l-d-r', { l: later, d: of('delivered', 20, 'later'), r: of('read', 30, 'later') }, 's----(r|)');
  });

  it('is not read with an earlier message of one’s own', () => {
    const earlier = arrived({ id: 'earlier', timestamp: 5 }, 'sent');
    diagram('-e-r', { e: earlier, r: of('read', 30, 'earlier') }, 's---', '^---!');
  });

  it('takes a receipt without a message for its own where it is not older', () => {
    diagram('-o-d-r', { o: of('delivered', 9), d: of('delivered', 20), r: of('read', 30) }, 's--d-(r|)');
  });

  it('ends with the log', () => {
    diagram('-d-|', { d: of('delivered', 20, 'm') }, 'sd-|');
  });

  it('errors with the log', () => {
    diagram('-#', {}, 's#');
  });
});
