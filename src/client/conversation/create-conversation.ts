import { map, mergeMap, type Observable } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import {
  ConvStarted,
  encodeAttributes,
  type Attribute,
  type ClientCommand,
  type ConversationInfo,
} from '../../../codecs/index.js';
import { InvalidArgument, ServerRejected } from '../../errors.js';
import { isClientId } from '../client-id.js';
import { refuse, type Link, type SigningLink } from '../link.js';
import { conversationsById } from '../queries/conversations-by-id.js';

/** Name and attributes. */
export interface Described {
  readonly name?: string;
  /** The application's own attributes: JSON, and dates. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** What a conversation starts with. */
export interface NewConversation extends Described {
  /** Besides the creator, who is always a member. */
  readonly members: readonly string[];
  /** The same set of members gives the same conversation. Default false. */
  readonly unique?: boolean;
}

/**
 * Cold: the conversation of an id. Errors with `ServerRejected` 4303 where there is none, with `DecodeFailed` where
 * it can't be read.
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
  attr: { data: encodeAttributes({ ...attributes, ...defined({ name }) }) },
});

/**
 * Everywhere else a dot leads into an attribute: one that has it in its own key could be found and changed by nobody.
 */
const problemWith = ({ attributes = {} }: Described): string | undefined => {
  const dotted = Object.keys(attributes).filter((key) => key.includes('.'));
  return dotted.length === 0
    ? undefined
    : `keys of new attributes have no dots, but not so ${JSON.stringify(dotted)}: nest the objects instead`;
};

/** Runs a command that describes a conversation, unless that can't be. */
export const checked = (described: Described, command$: Observable<ConversationInfo>): Observable<ConversationInfo> => {
  const problem = problemWith(described);
  return problem === undefined ? command$ : refuse(new InvalidArgument(problem));
};

/** Creates what the command says, then asks what it is like now. */
export const start = (link: SigningLink, members: readonly string[], fields: Start): Observable<ConversationInfo> => {
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
    mergeMap(({ convMessage: { cid } }) => conversationById(link, cid)),
  );
};

/** Cold: creates a conversation, or finds the one of these members (protocol: conv/start). */
export const startConversation = (
  link: SigningLink,
  { members, unique = false, ...described }: NewConversation,
): Observable<ConversationInfo> => checked(described, start(link, members, { unique, ...describe(described) }));
