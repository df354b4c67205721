/** Chat rooms: being in one is a subscription. */
import { defer, type Observable } from 'rxjs';
import {
  modifications,
  shareLatest,
  type ConversationEvent,
  type Message,
  type Modification,
} from '../../../streams/index.js';
import type { Client } from '../client.js';
import type { Conversation } from '../conversation/conversation.js';
import { checked, describe, start, type Described } from '../conversation/create-conversation.js';
import { learned } from '../conversation/learn.js';
import { ofClient, perClient } from '../internals.js';
import { createStays } from './stays.js';

/** What a chat room starts with. */
export type NewRoom = Described;

/**
 * A handle on a chat room. Making one sends nothing. Its streams are leases: the first subscription to one of them
 * enters the room, and the room is left when the last has been gone for the realtime's grace. A client is in one room
 * at a time: entering another leaves the first, whose streams complete. After a break of under 30 minutes it is
 * entered again, with a `Gap` in `events$`, since a room tells nobody what was said meanwhile; `history` has it.
 * After a longer one it is not, and they complete once the session is open: whoever wants to be in it all the same
 * subscribes again. They complete too where the room is ended by the back end, and error with `ServerRejected` where
 * it does not let this client in (4303 no such room, 4315 blocked).
 */
export interface Room extends Pick<
  Conversation,
  'id' | 'state$' | 'send' | 'recall' | 'edit' | 'count' | 'update' | 'history'
> {
  /**
   * What is said in the room, without replay. A lease: completes and errors as the room says above.
   *
   * @example room(client, id).messages$.pipe(ofType(TextType)).subscribe(({ body }) => fly(body.text));
   */
  readonly messages$: Observable<Message>;
  /**
   * The room's log, without replay: messages (those sent by this client too), edits, recalls, changes of attributes,
   * and a `Gap` after each break.
   */
  readonly events$: Observable<ConversationEvent>;
  /** Edits and recalls, without replay. */
  readonly modifications$: Observable<Modification>;
  /**
   * How many clients are in the room, this one among them or not; replayed. Not a lease: the server is asked every 10
   * s while somebody is subscribed. Never errors.
   */
  readonly online$: Observable<number>;
}

const staysOf = perClient(createStays);

/**
 * The handle of a chat room. Sends nothing: a subscription to one of its streams enters it.
 *
 * @example room(client, id).messages$.pipe(ofType(TextType)).subscribe(({ body }) => fly(body.text));
 */
export const room = (client: Client, id: string): Room => {
  const handle = client.conversation(id);
  const { events$, messages$ } = handle;
  const leased = <T>(stream$: Observable<T>): Observable<T> =>
    ofClient(client, (internals) => staysOf(internals).leased(id, stream$));
  return {
    ...handle,
    messages$: leased(messages$),
    events$: leased(events$),
    modifications$: leased(events$.pipe(modifications())),
    online$: ofClient(client, (internals) => staysOf(internals).online(id)).pipe(shareLatest()),
  };
};

/**
 * Cold: creates a chat room; emits its handle, then completes. Nobody is in it before somebody subscribes (protocol:
 * conv/start, `transient`). Errors as `createConversation` does.
 *
 * @example const lobby = await firstValueFrom(createRoom(client, { name: 'Lobby' }));
 */
export const createRoom = (client: Client, options: NewRoom = {}): Observable<Room> =>
  ofClient(client, (internals) =>
    learned(
      internals,
      defer(() =>
        checked(options, start(internals.link, [], { unique: false, transient: true, ...describe(options) })),
      ),
      (id) => room(client, id),
    ),
  );
