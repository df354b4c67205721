/** Commands that change the name, the attributes and the mute setting of a conversation. */
import { defined } from '../../../codecs/defined.js';
import { defer, map, type Observable } from 'rxjs';
import { isField } from '../../../codecs/conversation.js';
import {
  ConvUpdated,
  decodeDates,
  encodeAttributes,
  encodeDates,
  type Attribute,
  type ClientCommand,
} from '../../../codecs/index.js';
import type { ConversationEvent } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import { reasonOf } from '../../thrown.js';
import { refuse, type Link } from '../link.js';

/** A change of a conversation. Fields that are left out stay as they are. */
export interface ConversationUpdate {
  /** The new name. */
  readonly name?: string;
  /** The attributes to set. A key with dots, such as `colours.sky`, sets a value inside an attribute. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** The keys of the attributes to remove. A key with dots removes a value inside an attribute. */
  readonly unset?: readonly string[];
}

const DELETE = { __op: 'Delete' };

/** Whether the protocol reserves a key, so that an attribute can't have it. */
const isReserved = (key: string): boolean => {
  const top = key.split('.')[0] ?? '';
  return top === '' || top === '__proto__' || isField([top, {}]);
};

/** Why attributes can't have these keys; undefined if they can. */
export const keyProblem = (keys: readonly string[]): string | undefined => {
  const reserved = keys.filter((key) => key === 'name' || isReserved(key));
  return reserved.length > 0
    ? `attributes can't be called ${reserved.join(', ')}: the protocol has its own meaning for that`
    : undefined;
};

const problemWith = ({ attributes = {}, unset = [] }: ConversationUpdate): string | undefined => {
  const problem = keyProblem([...Object.keys(attributes), ...unset]);
  if (problem !== undefined) return problem;
  const both = unset.filter((key) => Object.hasOwn(attributes, key));
  return both.length > 0 ? `either set or unset ${both.join(', ')}` : undefined;
};

/** The attributes as text; throws `InvalidArgument` if they can't be written, as with a cycle or a `bigint`. */
export const attributesText = (attributes: Parameters<typeof encodeAttributes>[0]): string => {
  try {
    return encodeAttributes(attributes);
  } catch (thrown) {
    throw new InvalidArgument(`these attributes can't be sent: ${reasonOf(thrown)}`);
  }
};

type Changed = Extract<ConversationEvent, { _tag: 'Attributes' }>;

/** The entry of the log for a change that the server has not confirmed yet. */
export const changeOf = (
  self: string,
  conversationId: string,
  { name, attributes = {}, unset = [] }: ConversationUpdate,
): Changed => ({
  _tag: 'Attributes',
  conversationId,
  // A copy: the caller may change its objects while the answer is awaited.
  changed: decodeDates(encodeDates({ ...attributes, ...defined({ name }) })) as Changed['changed'],
  ...(unset.length === 0 ? {} : { removed: [...unset] }),
  by: self,
});

/**
 * Cold: changes name and attributes. Emits the change as an entry of the log, then completes (protocol: conv/update).
 */
export const updateConversation = (link: Link, cid: string, update: ConversationUpdate): Observable<Changed> =>
  defer(() => {
    const problem = problemWith(update);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const change = changeOf(link.clientId, cid, update);
    const data = attributesText({
      ...change.changed,
      ...Object.fromEntries((update.unset ?? []).map((key) => [key, DELETE])),
    });
    return link.request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data } } }, ConvUpdated).pipe(
      map(({ convMessage: { udate } }): Changed => {
        const at = Date.parse(udate ?? '');
        return Number.isNaN(at) ? change : { ...change, at };
      }),
    );
  });

type Mute = Extract<ClientCommand, { cmd: 'conv'; op: 'mute' | 'unmute' }>;

/**
 * Cold: turns push notifications off or on. Emits the change as an entry of the log, then completes (protocol:
 * conv/mute, conv/unmute).
 */
export const setMuted = (link: Link, cid: string, muted: boolean): Observable<ConversationEvent> =>
  link
    .request({ cmd: 'conv', op: muted ? 'mute' : 'unmute', convMessage: { cid } } satisfies Mute, ConvUpdated)
    .pipe(
      map((): ConversationEvent => ({ _tag: muted ? 'Muted' : 'Unmuted', conversationId: cid, by: link.clientId })),
    );
