/**
 * The internals that a handle carries for the functions that take it. They are one property under a symbol, so that
 * handles stay small and unused functions are not bundled.
 */
import type { Observable } from 'rxjs';
import type { ClientEvent, ConversationEvent } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { InvalidArgument, type RealtimeError } from '../errors.js';
import type { Fault } from '../faults.js';
import type { HttpApiOptions } from '../http-api.js';
import { isInterruption, type CatchUpOptions } from '../session/catch-up.js';
import type { ChangeMark } from '../session/change-mark.js';
import type { MessageReader } from '../session/message-reader.js';
import type { Told } from '../session/read-in-order.js';
import type { ClientState } from './client-state.js';
import type { Conversation } from './conversation/conversation.js';
import type { ClientOutbox } from './create-outbox.js';
import type { Wishes } from './conversation/wishes.js';
import { refuse, type SigningLink } from './link.js';
import type { UploadFile } from './sending/upload.js';

/** The parts of one client. */
export interface ClientInternals {
  readonly link: SigningLink;
  readonly reader: MessageReader;
  readonly state: ClientState;
  readonly log$: Observable<ClientEvent>;
  /** Whether the session is open. Replays the current value; emits only changes. */
  readonly open$: Observable<boolean>;
  readonly clock: Clock;
  /** How long a shared stream without subscribers is kept, ms. */
  readonly grace: number;
  readonly outbox: Pick<ClientOutbox, 'send' | 'gone'> | undefined;
  /** Completes when the storage of the outbox has given back what it has kept. */
  readonly restored$: Observable<never>;
  readonly upload: UploadFile | undefined;
  /** How missed messages are fetched. */
  readonly catchUp: CatchUpOptions;
  /** Which edits and recalls the next login asks for. */
  readonly changes: Pick<ChangeMark, 'hold'>;
  /** The server's time, ms since 1970, as far as the client can know it. */
  readonly serverTime: () => number;
  /** Makes a new token for a message. */
  readonly mint: () => string;
  /** Writes an entry to the log. There is no other way into the log. */
  readonly tell: (entry: Told) => void;
  readonly report: (fault: Fault) => void;
  /** The address of the application's HTTP API. */
  readonly api: HttpApiOptions;
  /** The token of the session, for the HTTP API. */
  readonly token: () => string | undefined;
  /** Changes that `state$` shows before the server has confirmed them. */
  readonly wishes: Wishes;
  /** The chat room that this client was in when the connection broke. */
  readonly room: { current: string | undefined };
  /** The handle of a conversation, with what plugins add. */
  readonly conversation: (id: string) => Conversation;
}

/** The parts of one conversation. */
export interface ConversationInternals {
  readonly client: ClientInternals;
  readonly id: string;
  /** The log of the conversation. A subscription to it also follows the conversation. */
  readonly events$: Observable<ConversationEvent>;
  /** The log as a lease of a chat room: a subscription enters the room. */
  readonly leased$?: Observable<ConversationEvent>;
}

const key: unique symbol = Symbol('rx-realtime');

/** The property that a handle carries. It is enumerable, so that a copy made by a spread has it too. */
interface Carrier<I> {
  readonly [key]: I;
}

type Internals =
  | { readonly _tag: 'Client'; readonly client: ClientInternals }
  | { readonly _tag: 'Conversation'; readonly conversation: ConversationInternals };

export const carryClient = (client: ClientInternals): Carrier<Internals> => ({ [key]: { _tag: 'Client', client } });

export const carryConversation = (conversation: ConversationInternals): Carrier<Internals> => ({
  [key]: { _tag: 'Conversation', conversation },
});

/** What a handle carries, with the log as a lease. */
export const leasing = (handle: object, leased$: Observable<ConversationEvent>): object => {
  const found = internalsOf(handle);
  return found?._tag === 'Conversation' ? carryConversation({ ...found.conversation, leased$ }) : {};
};

const carries = (handle: object): handle is Carrier<Internals> => key in handle;

const internalsOf = (handle: object): Internals | undefined => (carries(handle) ? handle[key] : undefined);

const unknownHandle = (kind: string): InvalidArgument =>
  new InvalidArgument(
    `this ${kind} was not made by a realtime of this package: a fake has to replace the function that takes it as well`,
  );

/**
 * Runs a function with the internals of a client. Errors with `InvalidArgument` if the handle was not made by this
 * package.
 */
export const ofClient = <A>(handle: object, then: (client: ClientInternals) => Observable<A>): Observable<A> => {
  const found = internalsOf(handle);
  return found?._tag === 'Client' ? then(found.client) : refuse(unknownHandle('client'));
};

/**
 * Runs a function with the internals of a conversation or a chat room. Errors with `InvalidArgument` if the handle
 * was not made by this package.
 */
export const ofConversation = <A>(
  handle: object,
  then: (conversation: ConversationInternals) => Observable<A>,
): Observable<A> => {
  const found = internalsOf(handle);
  return found?._tag === 'Conversation' ? then(found.conversation) : refuse(unknownHandle('conversation'));
};

/** Makes one value for each client when it is first needed, and keeps it as long as the client. */
export const perClient = <T>(make: (client: ClientInternals) => T): ((client: ClientInternals) => T) => {
  const made = new WeakMap<ClientInternals, { readonly value: T }>();
  return (client) => {
    const known = made.get(client) ?? { value: make(client) };
    made.set(client, known);
    return known.value;
  };
};

/**
 * Reports an error of a question about a conversation. A lost connection is not reported: the question is asked again
 * after the reconnect.
 */
export const failing =
  ({ report, link: { clientId } }: Pick<ClientInternals, 'report' | 'link'>, conversationId: string) =>
  (error: RealtimeError): void => {
    if (!isInterruption(error)) report({ _tag: 'CatchUp', clientId, conversationId, error });
  };
