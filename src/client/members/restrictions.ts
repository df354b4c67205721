/** Commands about who may not send, and who can't be a member. */
import { map, mergeMap, type Observable } from 'rxjs';
import {
  BlacklistBlocked,
  BlacklistQueryResult,
  BlacklistUnblocked,
  ConvMemberInfoUpdated,
  ConvShutupAdded,
  ConvShutupRemoved,
  ConvShutupResult,
  type MemberRole,
} from '../../../codecs/index.js';
import type { ConversationEvent } from '../../../streams/index.js';
import type { Link, SigningLink } from '../link.js';
import { toResult, withClientIds, type MembershipResult } from './membership.js';

/** Cold: members may not send any more, or may again; emits for whom it came about (protocol: conv/add_shutup, conv/remove_shutup). */
export const setSilenced = (link: Link, cid: string, members: readonly string[], silenced: boolean): Observable<MembershipResult> =>
  withClientIds(members, (m) =>
    silenced
      ? link
          .request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid, m } }, ConvShutupAdded)
          .pipe(map(({ convMessage }) => toResult(convMessage)))
      : link
          .request({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid, m } }, ConvShutupRemoved)
          .pipe(map(({ convMessage }) => toResult(convMessage))),
  );

/** Cold: clients can not be members any more, or can again; emits for whom it came about (protocol: blacklist/block, blacklist/unblock). */
export const setBlocked = (link: SigningLink, cid: string, clientIds: readonly string[], blocked: boolean): Observable<MembershipResult> =>
  withClientIds(clientIds, (toPids) =>
    link
      .sign({
        action: blocked ? 'conversation-block-clients' : 'conversation-unblock-clients',
        conversationId: cid,
        members: toPids,
      })
      .pipe(
        mergeMap((signature) => {
          const blacklistMessage = { srcCid: cid, toPids, ...signature };
          return blocked
            ? link
                .request({ cmd: 'blacklist', op: 'block', blacklistMessage }, BlacklistBlocked)
                .pipe(map((answer) => toResult(answer.blacklistMessage)))
            : link
                .request({ cmd: 'blacklist', op: 'unblock', blacklistMessage }, BlacklistUnblocked)
                .pipe(map((answer) => toResult(answer.blacklistMessage)));
        }),
      ),
  );

/** Which page of a list of clients. */
export interface ClientPageOptions {
  /** How many; 1 to 100. Default 50. */
  readonly limit?: number;
  /** Where the page before has ended. */
  readonly next?: string;
}

const DEFAULT_LIMIT = 50;

/** A page of clients, and where the next one starts. */
export interface ClientPage {
  readonly clientIds: readonly string[];
  readonly next?: string;
}

/** Cold: a page of those who may not send (protocol: conv/query_shutup). */
export const silencedPage = (link: Link, cid: string, { limit = DEFAULT_LIMIT, next }: ClientPageOptions): Observable<ClientPage> =>
  link
    .request({ cmd: 'conv', op: 'query_shutup', convMessage: { cid, limit, ...(next === undefined ? {} : { next }) } }, ConvShutupResult)
    .pipe(
      map(({ convMessage: { m = [], next: after } }) => ({
        clientIds: m,
        ...(after === undefined || after === '' ? {} : { next: after }),
      })),
    );

/** Cold: a page of those who can't be members (protocol: blacklist/query). */
export const blockedPage = (link: Link, cid: string, { limit = DEFAULT_LIMIT, next }: ClientPageOptions): Observable<ClientPage> =>
  link
    .request(
      { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: cid, limit, ...(next === undefined ? {} : { next }) } },
      BlacklistQueryResult,
    )
    .pipe(
      map(({ blacklistMessage: { blockedPids = [], next: after } }) => ({
        clientIds: blockedPids,
        ...(after === undefined || after === '' ? {} : { next: after }),
      })),
    );

/** Cold: gives a member another role; emits that as an entry of the log (protocol: conv/member_info_update). */
export const setRole = (link: Link, cid: string, member: string, role: MemberRole): Observable<ConversationEvent> =>
  link
    .request(
      { cmd: 'conv', op: 'member_info_update', convMessage: { cid, targetClientId: member, info: { pid: member, role } } },
      ConvMemberInfoUpdated,
    )
    .pipe(map((): ConversationEvent => ({ _tag: 'RoleChanged', conversationId: cid, member, role, by: link.clientId })));
