import { left, right } from '../either.js';
import { DecodeFailed, preview } from '../decode-failed.js';
import type { MessageType } from './message-type.js';

/**
 * A message that its sender has recalled (protocol: `_lctype` -127). It can't be sent: `conversation.recall` makes
 * it.
 */
export interface Recalled {
  readonly _tag: 'Recalled';
}

const recalled: Recalled = Object.freeze({ _tag: 'Recalled' });

/** The type of recalled messages. */
export const RecalledType: MessageType<Recalled> = {
  type: -127,
  tag: 'Recalled',
  is: (body): body is Recalled => body._tag === 'Recalled',
  decode: () => right(recalled),
  encode: (body) =>
    left(
      new DecodeFailed(
        '',
        'a message that can be sent; one that was sent is taken back with recall',
        preview(body._tag),
      ),
    ),
};
