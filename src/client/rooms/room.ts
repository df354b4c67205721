/** Chat rooms. A client is in a room as long as it subscribes to the room's streams. */
import { defer, type Observable } from 'rxjs';
import type { OutgoingBody } from '../../../codecs/index.js';
import {
  modifications,
  shareLatest,
  type ConversationEvent,
  type Membership,
  type Message,
  type Modification,
} from '../../../streams/index.js';
import type { Client } from '../client.js';
import type { Conversation } from '../conversation/conversation.js';
import { checked, describe, start, type Described } from '../conversation/create-conversation.js';
import { learned } from '../conversation/learn.js';
import { leasing, ofClient, ofConversation, perClient } from '../internals.js';
import type { SendOptions } from '../sending/send-options.js';
import type { SendStep } from '../sending/send-request.js';
import { sendIn } from '../sending/send.js';
import type { Upload } from '../sending/upload.js';
import { createStays } from './stays.js';

/** The name and attributes of a new chat room. */
export type NewRoom = Described;

/**
 * A handle on a chat room. Getting a handle sends nothing.
 *
 * Its streams are leases of the room, and so are `timeline(room)` and `log(room)`. The first subscription to one of
 * them enters the room (protocol: conv/add). When the last subscription has ended, the client leaves the room after
 * the realtime's `grace`. A client is in one room at a time: entering another room leaves the first, and the streams
 * of the first complete.
 *
 * After a break of less than 30 minutes the client enters the room again, and `events$` emits a `Gap`, because a room
 * does not repeat missed messages; `history` has them. After a longer break the client does not enter again: the
 * streams complete once the session is open, and you can subscribe again.
 *
 * The streams also complete if the client is removed from the room, or is closed. They error with `ServerRejected` if
 * the client may not enter or is blocked (4303: no such room, 4315: blocked), with `SignatureFailed` if the entry
 * can't be signed, and with `InvalidArgument` if the id is not valid.
 */
export interface Room extends Pick<
  Conversation,
  'id' | 'state$' | 'send' | 'recall' | 'edit' | 'count' | 'update' | 'history'
> {
  /**
   * The messages in the room, without replay. A lease: completes and errors as described for `Room`.
   *
   * @example room(client, id).messages$.pipe(ofType(TextType)).subscribe(({ body }) => fly(body.text));
   */
  readonly messages$: Observable<Message>;
  /**
   * The room's log, without replay: messages (including those sent by this client), edits, recalls, changes of
   * attributes, and a `Gap` after each break. A lease, as `messages$`.
   */
  readonly events$: Observable<ConversationEvent>;
  /** Edits and recalls, without replay. A lease, as `messages$`. */
  readonly modifications$: Observable<Modification>;
  /**
   * Who was silenced or blocked, or may send again; and, if the server tells it, who was removed. Without replay. The
   * protocol doesn't tell who enters and leaves: `online$` has their number. A lease, as `messages$`.
   */
  readonly membership$: Observable<Membership>;
  /**
   * Cold: sends a message, and emits each step: `uploading` (if it has a file), `sending`, `sent`. Completes after
   * `sent`, because a chat room knows no receipts. Errors as `send` does; `sendStatus()` turns an error into the value
   * `failed`.
   *
   * @example room.trackSend(text('Hello!')).pipe(sendStatus()).subscribe(({ _tag }) => icon.set(_tag));
   */
  trackSend<B extends OutgoingBody>(
    body: B | Upload<B>,
    options?: Omit<SendOptions, 'receipt'>,
  ): Observable<SendStep<B>>;
  /**
   * How many clients are in the room. Replays the current number. Not a lease: it works without entering the room.
   * While somebody is subscribed, the server is asked every 10 s (protocol: conv/count). Never errors.
   * When the client ends, it emits 0 and completes.
   */
  readonly online$: Observable<number>;
}

const staysOf = perClient(createStays);

/**
 * The handle of a chat room. It sends nothing; a subscription to one of its streams enters the room.
 *
 * @example room(client, id).messages$.pipe(ofType(TextType)).subscribe(({ body }) => fly(body.text));
 */
export const room = (client: Client, id: string): Room => {
  const handle = client.conversation(id);
  const { events$, messages$, membership$ } = handle;
  const leased = <T>(stream$: Observable<T>): Observable<T> =>
    ofClient(client, (internals) => staysOf(internals).leased(id, stream$));
  const leasedEvents$ = leased(events$);
  return {
    ...handle,
    ...leasing(handle, leasedEvents$),
    messages$: leased(messages$),
    events$: leasedEvents$,
    modifications$: leased(events$.pipe(modifications())),
    membership$: leased(membership$),
    trackSend: (body, options = {}) =>
      ofConversation(handle, (internals) => sendIn(internals.client, id, body, options)),
    online$: ofClient(client, (internals) => staysOf(internals).online(id)).pipe(shareLatest()),
  };
};

/**
 * Cold: creates a chat room. Emits its handle, then completes (protocol: conv/start with `transient`). The room is
 * empty until somebody subscribes to its streams. Errors as `createConversation` does.
 *
 * @example const lobby = await firstValueFrom(createRoom(client, { name: 'Lobby' }));
 */
export const createRoom = (client: Client, options: NewRoom = {}): Observable<Room> =>
  ofClient(client, (internals) =>
    learned(
      internals,
      defer(() => checked(options, start(internals, [], { unique: false, transient: true, ...describe(options) }))),
      (id) => room(client, id),
    ),
  );
