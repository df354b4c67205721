import { map, mergeMap, type Observable } from 'rxjs';
import { ConvStarted, encodeAttributes, type Attribute, type ConversationInfo } from '../../codecs/index.js';
import { InvalidArgument, ServerRejected } from '../errors.js';
import { isClientId } from './client-id.js';
import { refuse, type Link } from './link.js';
import { conversationsById } from './queries.js';

/** What a conversation starts with. */
export interface NewConversation {
  /** Besides the creator, who is always a member. */
  readonly members: readonly string[];
  readonly name?: string;
  /** The application's own attributes: JSON, and dates. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** The same set of members gives the same conversation. Default false. */
  readonly unique?: boolean;
}

/** Cold: the conversation of an id. Errors with `ServerRejected` 4303 where there is none. */
export const conversationById = (link: Link, id: string): Observable<ConversationInfo> =>
  conversationsById(link, [id]).pipe(
    map(([info]) => {
      if (info === undefined) throw new ServerRejected(4303, 'CONVERSATION_NOT_FOUND', `there is no conversation ${id}`);
      return info;
    }),
  );

/** Cold: creates a conversation (or finds the one of these members), then asks what it is like now (protocol: conv/start). */
export const startConversation = (
  link: Link,
  { members, name, attributes, unique = false }: NewConversation,
): Observable<ConversationInfo> => {
  const wrong = members.filter((member: unknown) => !isClientId(member));
  if (wrong.length > 0) {
    return refuse(new InvalidArgument(`every member should be a client id of 1 to 64 characters, but not so ${JSON.stringify(wrong)}`));
  }
  return link
    .request(
      {
        cmd: 'conv',
        op: 'start',
        convMessage: {
          m: [...new Set([...members, link.clientId])].sort(),
          unique,
          attr: { data: encodeAttributes({ ...attributes, ...(name === undefined ? {} : { name }) }) },
        },
      },
      ConvStarted,
      { effectful: true },
    )
    .pipe(mergeMap(({ convMessage: { cid } }) => conversationById(link, cid)));
};
