/** Commands that change what a conversation is like. */
import { defer, map, type Observable } from 'rxjs';
import { isField } from '../../../codecs/conversation.js';
import { ConvUpdated, encodeAttributes, type Attribute, type ClientCommand } from '../../../codecs/index.js';
import type { ConversationEvent } from '../../../streams/index.js';
import { InvalidArgument } from '../../errors.js';
import { refuse, type Link } from '../link.js';

/** What changes; what is not named stays. */
export interface ConversationUpdate {
  readonly name?: string;
  /** A key with dots, as in `colours.sky`, names a place inside an attribute. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Keys of attributes that go, with dots where they lie inside of others. */
  readonly unset?: readonly string[];
}

const DELETE = { __op: 'Delete' };

/** Whether a key is free for an application's attributes: the protocol gives others a meaning of their own. */
const isReserved = (key: string): boolean => {
  const top = key.split('.')[0] ?? '';
  return top === '' || top === '__proto__' || isField([top, {}]);
};

const problemWith = ({ attributes = {}, unset = [] }: ConversationUpdate): string | undefined => {
  const reserved = [...Object.keys(attributes), ...unset].filter((key) => key === 'name' || isReserved(key));
  if (reserved.length > 0)
    return `attributes can't be called ${reserved.join(', ')}: the protocol has its own meaning for that`;
  const both = unset.filter((key) => Object.hasOwn(attributes, key));
  return both.length > 0 ? `either set or unset ${both.join(', ')}` : undefined;
};

type Changed = Extract<ConversationEvent, { _tag: 'Attributes' }>;

/** What a change is in the log, as far as this client knows before it has come about. */
export const changeOf = (
  self: string,
  conversationId: string,
  { name, attributes = {}, unset = [] }: ConversationUpdate,
): Changed => ({
  _tag: 'Attributes',
  conversationId,
  changed: { ...attributes, ...(name === undefined ? {} : { name }) },
  ...(unset.length === 0 ? {} : { removed: unset }),
  by: self,
});

/**
 * Cold: changes name and attributes; emits what has changed, as an entry of the log, then completes (protocol:
 * conv/update).
 */
export const updateConversation = (link: Link, cid: string, update: ConversationUpdate): Observable<Changed> =>
  defer(() => {
    const problem = problemWith(update);
    if (problem !== undefined) return refuse(new InvalidArgument(problem));
    const change = changeOf(link.clientId, cid, update);
    const data = encodeAttributes({
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
 * Cold: asks for no push notifications of a conversation, or for them again; emits that as an entry of the log, then
 * completes (protocol: conv/mute, conv/unmute).
 */
export const setMuted = (link: Link, cid: string, muted: boolean): Observable<ConversationEvent> =>
  link
    .request({ cmd: 'conv', op: muted ? 'mute' : 'unmute', convMessage: { cid } } satisfies Mute, ConvUpdated)
    .pipe(
      map((): ConversationEvent => ({ _tag: muted ? 'Muted' : 'Unmuted', conversationId: cid, by: link.clientId })),
    );
