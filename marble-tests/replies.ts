/** Callbacks as Observables, so that they can be drawn in a diagram. */
import { Observable } from 'rxjs';
import type { Link } from '../src/client/link.js';
import { requesting, type Reply } from '../src/connection/connection.js';
import type { Requests } from '../src/connection/requests.js';
import { toRealtimeError } from '../src/errors.js';
import type { Ack, OutboxEntry, OutboxQueue } from '../src/outbox/outbox.js';

/** Gives a reply what an Observable emits. */
export const replying =
  <A>(answer$: Observable<A>) =>
  ({ answered, failed }: Reply<A>): (() => void) => {
    const subscription = answer$.subscribe({
      next: answered,
      error: (thrown: unknown) => {
        failed(toRealtimeError(thrown));
      },
    });
    return () => {
      subscription.unsubscribe();
    };
  };

/** Both ways of a link to send a command, from the one that returns an Observable. */
export const linkBy = (request: Link['request']): Pick<Link, 'ask' | 'request'> => ({
  request,
  ask: (command, answer, reply, options) => replying(request(command, answer, options))(reply),
});

/** A request as an Observable. */
export const requestOf =
  ({ ask }: Pick<Requests, 'ask'>): Link['request'] =>
  (command, answer, options) =>
    requesting((reply) => ask(command, answer, reply, options));

/** The progress of a message in an outbox. */
export type OutboxStep = { readonly _tag: 'Accepted' } | { readonly _tag: 'Acknowledged'; readonly ack: Ack };

/** Cold: puts a message into an outbox. Unsubscribing withdraws it. */
export const sendingIn = <E extends OutboxEntry>(outbox: OutboxQueue<E>, entry: E): Observable<OutboxStep> =>
  new Observable((subscriber) => {
    outbox.send(
      entry,
      {
        accepted: () => {
          subscriber.next({ _tag: 'Accepted' });
        },
        answered: (ack) => {
          subscriber.next({ _tag: 'Acknowledged', ack });
          subscriber.complete();
        },
        failed: (error) => {
          subscriber.error(error);
        },
      },
      subscriber,
    );
  });
