import { filter, map, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Message } from './events.js';
import { isShown } from './shown.js';

/**
 * The messages that have reached this client: from others, and from other devices of this user. Messages that this
 * client sent are left out, because the send already returns them. So are signals, which are no messages for people.
 * In order within a conversation, each once.
 *
 * @example
 * client.events$.pipe(messages()).subscribe(({ from, body }) => console.log(from, body));
 */
export const messages = (): OperatorFunction<ClientEvent, Message> => (log$) =>
  log$.pipe(
    filter((event) => event._tag === 'Message' && event.origin !== 'sent' && isShown(event.message)),
    map((event) => (event as Extract<ClientEvent, { _tag: 'Message' }>).message),
  );
