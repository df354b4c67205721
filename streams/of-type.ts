import { filter, type OperatorFunction } from 'rxjs';
import type { Body, MessageType } from '../codecs/index.js';
import type { Message } from './events.js';

/**
 * Only the messages of one type, with the type of their body. Keeps the temperature, completion and errors of its source.
 *
 * @example
 * client.messages$.pipe(ofType(TextType)).subscribe(({ body }) => console.log(body.text));
 */
export const ofType =
  <B extends Body>(type: MessageType<B>): OperatorFunction<Message, Message<B>> =>
  (messages$) =>
    messages$.pipe(filter((message): message is Message<B> => type.is(message.body)));
