import { filter, type OperatorFunction } from 'rxjs';
import type { Body, MessageType } from '../codecs/index.js';
import type { Message } from './events.js';

/**
 * Emits the messages of one type only; their bodies have that type. Hot or cold, errors and completion as the source.
 *
 * @example
 * client.messages$.pipe(ofType(TextType)).subscribe(({ body }) => console.log(body.text));
 */
export const ofType =
  <B extends Body>(type: MessageType<B>): OperatorFunction<Message, Message<B>> =>
  (messages$) =>
    messages$.pipe(filter((message): message is Message<B> => type.is(message.body)));
