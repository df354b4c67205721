/** Commands about a conversation itself: its members, its attributes, and whether it pushes notifications. */
import { defer, map, type Observable } from 'rxjs';
import {
  ConvAdded,
  ConvRemoved,
  ConvResult,
  ConvUpdated,
  encodeAttributes,
  type Attribute,
  type ClientCommand,
} from '../../codecs/index.js';
import type { ConversationEvent } from '../../streams/index.js';
import { InvalidArgument } from '../errors.js';
import { isClientId } from './client-id.js';
import { refuse, type Link } from './link.js';

/** Why some members were not added or removed. */
export interface MembershipFailure {
  readonly members: readonly string[];
  /** The protocol's error code. */
  readonly code: number;
  readonly reason: string;
  readonly detail?: string;
}

/** For whom a change of members came about, and for whom not. */
export interface MembershipResult {
  readonly allowed: readonly string[];
  readonly failed: readonly MembershipFailure[];
}

/** What changes: a new name, other attributes; those that are not named stay. */
export interface ConversationUpdate {
  readonly name?: string;
  /** A key with dots, as in `colours.sky`, names a place inside an attribute. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

interface Outcome {
  readonly convMessage: {
    readonly allowedPids?: readonly string[];
    readonly failedPids?: readonly {
      readonly code: number;
      readonly reason: string;
      readonly detail?: string;
      readonly pids?: readonly string[];
    }[];
  };
}

const toResult = ({ convMessage: { allowedPids = [], failedPids = [] } }: Outcome): MembershipResult => ({
  allowed: allowedPids,
  failed: failedPids.map(({ code, reason, detail, pids = [] }) => ({
    members: pids,
    code,
    reason,
    ...(detail === undefined ? {} : { detail }),
  })),
});

const changeMembers = (link: Link, op: 'add' | 'remove', cid: string, members: readonly string[]): Observable<MembershipResult> =>
  defer(() => {
    const wrong = members.filter((member: unknown) => !isClientId(member));
    if (members.length === 0 || wrong.length > 0)
      return refuse(
        new InvalidArgument(`members should be client ids of 1 to 64 characters, at least one, but are ${JSON.stringify(members)}`),
      );
    const command: ClientCommand = { cmd: 'conv', op, convMessage: { cid, m: [...new Set(members)] } };
    return op === 'add' ? link.request(command, ConvAdded).pipe(map(toResult)) : link.request(command, ConvRemoved).pipe(map(toResult));
  });

/** Cold: adds members; emits for whom it came about, then completes (protocol: conv/add). */
export const addMembers = (link: Link, cid: string, members: readonly string[]): Observable<MembershipResult> =>
  changeMembers(link, 'add', cid, members);

/** Cold: removes members; emits for whom it came about, then completes (protocol: conv/remove). */
export const removeMembers = (link: Link, cid: string, members: readonly string[]): Observable<MembershipResult> =>
  changeMembers(link, 'remove', cid, members);

/** The entry of the log for what this client did itself: the server tells everybody else. */
export const membershipEvent = (
  self: string,
  conversationId: string,
  kind: 'Joined' | 'Left',
  { allowed }: MembershipResult,
): ConversationEvent => ({ _tag: kind, conversationId, members: allowed, by: self });

/** Cold: how many members there are; emits once, then completes (protocol: conv/count). */
export const countMembers = (link: Link, cid: string): Observable<number> =>
  link.request({ cmd: 'conv', op: 'count', convMessage: { cid } }, ConvResult).pipe(map(({ convMessage: { count } }) => count));

/** Cold: changes name and attributes; emits what has changed, as an entry of the log, then completes (protocol: conv/update). */
export const updateConversation = (
  link: Link,
  cid: string,
  { name, attributes = {} }: ConversationUpdate,
): Observable<ConversationEvent> => {
  const changed = { ...attributes, ...(name === undefined ? {} : { name }) };
  return link
    .request({ cmd: 'conv', op: 'update', convMessage: { cid, attr: { data: encodeAttributes(changed) } } }, ConvUpdated)
    .pipe(map((): ConversationEvent => ({ _tag: 'Attributes', conversationId: cid, changed, by: link.clientId })));
};

/** Cold: asks for no push notifications of a conversation, or for them again; completes when it is so (protocol: conv/mute, conv/unmute). */
export const setMuted = (link: Link, cid: string, muted: boolean): Observable<unknown> =>
  muted
    ? link.request({ cmd: 'conv', op: 'mute', convMessage: { cid } }, ConvUpdated)
    : link.request({ cmd: 'conv', op: 'unmute', convMessage: { cid } }, ConvUpdated);
