import { map, mergeMap, type Observable } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import { ConvStarted, type Attribute, type ClientCommand, type ConversationInfo } from '../../../codecs/index.js';
import { InvalidArgument, ServerRejected } from '../../errors.js';
import { isClientId } from '../client-id.js';
import type { ClientInternals } from '../internals.js';
import { refuse, type Link } from '../link.js';
import { attributesText } from './attributes.js';
import { conversationsById } from '../queries/conversations-by-id.js';

/** The name and the attributes of a conversation. */
export interface Described {
  /** The name. Default: none. */
  readonly name?: string;
  /** The application's own attributes: JSON values and dates. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A new conversation: the options of `createConversation`. */
export interface NewConversation extends Described {
  /** The client ids of the members. The creator is always a member too. */
  readonly members: readonly string[];
  /** If a unique conversation with the same members exists, that one is used instead of a new one. Default false. */
  readonly unique?: boolean;
}

/**
 * Cold: fetches the conversation with this id. Errors with `ServerRejected` 4303 if it does not exist, and with
 * `DecodeFailed` if it can't be read.
 */
export const conversationById = (link: Link, id: string): Observable<ConversationInfo> =>
  conversationsById(link, [id]).pipe(
    map(({ infos: [info], unreadable: [bad] }) => {
      if (bad !== undefined) throw bad.error;
      if (info === undefined)
        throw new ServerRejected(4303, 'CONVERSATION_NOT_FOUND', `there is no conversation ${id}`);
      return info;
    }),
  );

type Start = Extract<ClientCommand, { cmd: 'conv'; op: 'start' }>['convMessage'];

export const describe = ({ name, attributes }: Described): Pick<Start, 'attr'> => ({
  attr: { data: attributesText({ ...attributes, ...defined({ name }) }) },
});

/**
 * Refuses a dot in the key of an attribute: in queries and updates a dot leads into an attribute, so nothing could
 * find or change this one.
 */
const problemWith = ({ attributes = {} }: Described): string | undefined => {
  const dotted = Object.keys(attributes).filter((key) => key.includes('.'));
  return dotted.length === 0
    ? undefined
    : `keys of new attributes have no dots, but not so ${JSON.stringify(dotted)}: nest the objects instead`;
};

/** Runs a command, unless its attributes are invalid. */
export const checked = (described: Described, command$: Observable<ConversationInfo>): Observable<ConversationInfo> => {
  const problem = problemWith(described);
  return problem === undefined ? command$ : refuse(new InvalidArgument(problem));
};

/** Creates the conversation, then fetches its current state. */
export const start = (
  { link, tell }: Pick<ClientInternals, 'link' | 'tell'>,
  members: readonly string[],
  fields: Start,
): Observable<ConversationInfo> => {
  const wrong = members.filter((member: unknown) => !isClientId(member));
  if (wrong.length > 0) {
    return refuse(
      new InvalidArgument(
        `every member should be a client id of 1 to 64 characters, but not so ${JSON.stringify(wrong)}`,
      ),
    );
  }
  const m = [...new Set([...members, link.clientId])].sort();
  return link.sign({ action: 'create', members: m }).pipe(
    mergeMap((signature) =>
      link.request({ cmd: 'conv', op: 'start', convMessage: { m, ...fields, ...signature } }, ConvStarted, {
        effectful: true,
      }),
    ),
    mergeMap(({ convMessage: { cid } }) => {
      tell({ _tag: 'Follow', conversationId: cid, isMade: true });
      return conversationById(link, cid);
    }),
  );
};

/**
 * Cold: creates a conversation, or finds the unique one with these members. Emits it, then completes (protocol:
 * conv/start).
 */
export const startConversation = (
  client: Pick<ClientInternals, 'link' | 'tell'>,
  { members, unique = false, ...described }: NewConversation,
): Observable<ConversationInfo> => checked(described, start(client, members, { unique, ...describe(described) }));
