/** Commands about the members of a conversation. */
import { map, mergeMap, type Observable } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import { ConvAdded, ConvRemoved, ConvResult } from '../../../codecs/index.js';
import { InvalidArgument } from '../../errors.js';
import { isClientId } from '../client-id.js';
import { refuse, type Link, type SigningLink } from '../link.js';

/** Clients for whom a change failed, and why. */
export interface MembershipFailure {
  /** The ids of these clients. */
  readonly members: readonly string[];
  /** The protocol's error code. */
  readonly code: number;
  /** The symbolic name of the code. */
  readonly reason: string;
  /** An explanation for people. Missing if the server gives none. */
  readonly detail?: string;
}

/** The result of a change: the clients for whom it succeeded, and those for whom it failed. */
export interface MembershipResult {
  /** The ids of the clients for whom the change succeeded. */
  readonly allowed: readonly string[];
  /** The clients for whom the change failed, grouped by reason. Empty if there are none. */
  readonly failed: readonly MembershipFailure[];
}

interface Outcome {
  readonly allowedPids?: readonly string[];
  readonly failedPids?: readonly {
    readonly code: number;
    readonly reason: string;
    readonly detail?: string;
    readonly pids?: readonly string[];
  }[];
}

export const toResult = ({ allowedPids = [], failedPids = [] }: Outcome): MembershipResult => ({
  allowed: allowedPids,
  failed: failedPids.map(({ code, reason, detail, pids = [] }) => ({
    members: pids,
    code,
    reason,
    ...defined({ detail }),
  })),
});

/**
 * Runs a command with client ids, each id once. Errors with `InvalidArgument` if one is not a valid client id, or if
 * there are no ids.
 */
export const withClientIds = <A>(
  clientIds: readonly string[],
  then: (ids: string[]) => Observable<A>,
): Observable<A> => {
  const wrong = clientIds.filter((id: unknown) => !isClientId(id));
  return clientIds.length === 0 || wrong.length > 0
    ? refuse(
        new InvalidArgument(
          `clients should be ids of 1 to 64 characters, at least one, but are ${JSON.stringify(clientIds)}`,
        ),
      )
    : then([...new Set(clientIds)]);
};

/** Cold: adds members. Emits the result, then completes (protocol: conv/add). */
export const addMembers = (link: SigningLink, cid: string, members: readonly string[]): Observable<MembershipResult> =>
  withClientIds(members, (m) =>
    link.sign({ action: 'invite', conversationId: cid, members: m }).pipe(
      mergeMap((signature) =>
        link.request({ cmd: 'conv', op: 'add', convMessage: { cid, m, ...signature } }, ConvAdded),
      ),
      map(({ convMessage }) => toResult(convMessage)),
    ),
  );

/** Cold: removes members. Emits the result, then completes (protocol: conv/remove). */
export const removeMembers = (
  link: SigningLink,
  cid: string,
  members: readonly string[],
): Observable<MembershipResult> =>
  withClientIds(members, (m) =>
    link.sign({ action: 'kick', conversationId: cid, members: m }).pipe(
      mergeMap((signature) =>
        link.request({ cmd: 'conv', op: 'remove', convMessage: { cid, m, ...signature } }, ConvRemoved),
      ),
      map(({ convMessage }) => toResult(convMessage)),
    ),
  );

/** Cold: the number of members. Emits once, then completes (protocol: conv/count). */
export const countMembers = (link: Link, cid: string): Observable<number> =>
  link
    .request({ cmd: 'conv', op: 'count', convMessage: { cid } }, ConvResult)
    .pipe(map(({ convMessage: { count } }) => count));
