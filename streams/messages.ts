import { filter, map, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Message } from './events.js';

/**
 * The messages that have reached this client: from others, and from other devices of this user. Messages that this
 * client sent are left out, because the send already returns them. In order within a conversation, each once.
 *
 * @example
 * client.events$.pipe(messages()).subscribe(({ from, body }) => console.log(from, body));
 */
export const messages = (): OperatorFunction<ClientEvent, Message> => (log$) =>
  log$.pipe(
    filter((event) => event._tag === 'Message' && event.origin !== 'sent'),
    map((event) => (event as Extract<ClientEvent, { _tag: 'Message' }>).message),
  );
