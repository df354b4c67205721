/** Commands that the server carries out on the attribute that it has, so that two clients at once both count. */
import { defer, map, mergeMap, of, tap, type Observable } from 'rxjs';
import { ConvUpdated, type Attribute } from '../../../codecs/index.js';
import { InvalidArgument } from '../../errors.js';
import { readPush } from '../../session/push-events.js';
import { ofConversation } from '../internals.js';
import { refuse } from '../link.js';
import { nothing } from '../nothing.js';
import type { Room } from '../rooms/room.js';
import { attributesText, keyProblem } from './attributes.js';
import type { Conversation } from './conversation.js';
import { conversationById } from './create-conversation.js';

type Handle = Conversation | Room;

const operate = (conversation: Handle, key: string, operation: Readonly<Record<string, Attribute>>): Observable<void> =>
  ofConversation(conversation, ({ client: { link, reader, tell }, id }) =>
    defer(() => {
      const problem = keyProblem([key]);
      if (problem !== undefined) return refuse(new InvalidArgument(problem));
      const data = attributesText({ [key]: operation });
      return link.request({ cmd: 'conv', op: 'update', convMessage: { cid: id, attr: { data } } }, ConvUpdated).pipe(
        mergeMap((answer) => {
          const { attrModified } = answer.convMessage;
          // Only the server knows the value. One that does not tell it is asked.
          if (attrModified === undefined)
            return conversationById(link, id).pipe(
              tap((info) => {
                tell({ _tag: 'Snapshot', conversationId: id, info });
              }),
            );
          const convMessage = { ...answer.convMessage, cid: id, attr: attrModified, initBy: link.clientId };
          readPush(reader, { ...answer, convMessage }, tell);
          return of(undefined);
        }),
        map(nothing),
      );
    }),
  );

/**
 * Cold: adds to a number among the attributes, also when other clients do so at the same time; a negative amount
 * subtracts. An attribute that is missing counts as 0. A key with dots, such as `votes.yes`, leads into an attribute.
 * Emits `undefined` when `state$` shows the new value, then completes (protocol: conv/update).
 *
 * Errors: `ServerRejected` (4306 if the attribute is not a number), `ConnectionLost`, `CommandTimeout`,
 * `SessionClosed`, `InvalidArgument`.
 *
 * @example await firstValueFrom(increment(conversation, 'votes.yes'));
 */
export const increment = (conversation: Handle, key: string, amount = 1): Observable<void> =>
  Number.isFinite(amount)
    ? operate(conversation, key, { __op: 'Increment', amount })
    : refuse(new InvalidArgument(`the amount should be a number, and is ${String(amount)}`));

/**
 * Cold: appends values to a list among the attributes, also when other clients do so at the same time. A list that is
 * missing counts as empty. Emits, completes and errors as `increment` does; 4306 if the attribute is not a list.
 *
 * @example await firstValueFrom(addToList(conversation, 'topics', ['cheese']));
 */
export const addToList = (conversation: Handle, key: string, values: readonly Attribute[]): Observable<void> =>
  operate(conversation, key, { __op: 'Add', objects: values });

/**
 * Cold: appends those of the values that a list among the attributes does not have yet. Otherwise as `addToList`.
 *
 * @example await firstValueFrom(addUniqueToList(conversation, 'pinned', [message.id]));
 */
export const addUniqueToList = (conversation: Handle, key: string, values: readonly Attribute[]): Observable<void> =>
  operate(conversation, key, { __op: 'AddUnique', objects: values });

/**
 * Cold: removes everything that is equal to one of the values from a list among the attributes. Otherwise as
 * `addToList`. To remove the attribute itself, use `update` with `unset`.
 *
 * @example await firstValueFrom(removeFromList(conversation, 'pinned', [message.id]));
 */
export const removeFromList = (conversation: Handle, key: string, values: readonly Attribute[]): Observable<void> =>
  operate(conversation, key, { __op: 'Remove', objects: values });
