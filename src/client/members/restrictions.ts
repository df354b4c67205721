/** Who may not send, and who can't be a member: commands of conversations and chat rooms. */
import { map, mergeMap, type Observable } from 'rxjs';
import {
  BlacklistBlocked,
  BlacklistQueryResult,
  BlacklistUnblocked,
  ConvShutupAdded,
  ConvShutupRemoved,
  ConvShutupResult,
} from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Room } from '../rooms/room.js';
import { ofConversation } from '../internals.js';
import { telling } from './member-commands.js';
import { toResult, withClientIds, type MembershipResult } from './membership.js';

type Handle = Conversation | Room;

/**
 * Cold: members may not send any more; the owner and managers do this, to those below their rank. Emits for whom it
 * came about, completes (protocol: conv/add_shutup). Errors: `ServerRejected`, `ConnectionLost`, `CommandTimeout`,
 * `SessionClosed`, `InvalidArgument`.
 *
 * @example const { failed } = await firstValueFrom(silence(conversation, ['Jerry']));
 */
export const silence = (conversation: Handle, members: readonly string[]): Observable<MembershipResult> =>
  ofConversation(conversation, ({ client, id }) =>
    withClientIds(members, (m) =>
      client.link.request({ cmd: 'conv', op: 'add_shutup', convMessage: { cid: id, m } }, ConvShutupAdded).pipe(
        map(({ convMessage }) => toResult(convMessage)),
        telling(client, id, 'Silenced'),
      ),
    ),
  );

/** Cold: members may send again; as `silence` (protocol: conv/remove_shutup). */
export const unsilence = (conversation: Handle, members: readonly string[]): Observable<MembershipResult> =>
  ofConversation(conversation, ({ client, id }) =>
    withClientIds(members, (m) =>
      client.link.request({ cmd: 'conv', op: 'remove_shutup', convMessage: { cid: id, m } }, ConvShutupRemoved).pipe(
        map(({ convMessage }) => toResult(convMessage)),
        telling(client, id, 'Unsilenced'),
      ),
    ),
  );

const setBlocked = (conversation: Handle, clients: readonly string[], blocked: boolean): Observable<MembershipResult> =>
  ofConversation(conversation, ({ client, id }) =>
    withClientIds(clients, (toPids) =>
      client.link
        .sign({
          action: blocked ? 'conversation-block-clients' : 'conversation-unblock-clients',
          conversationId: id,
          members: toPids,
        })
        .pipe(
          mergeMap((signature) => {
            const blacklistMessage = { srcCid: id, toPids, ...signature };
            return blocked
              ? client.link.request({ cmd: 'blacklist', op: 'block', blacklistMessage }, BlacklistBlocked)
              : client.link.request({ cmd: 'blacklist', op: 'unblock', blacklistMessage }, BlacklistUnblocked);
          }),
          map(({ blacklistMessage }) => toResult(blacklistMessage)),
          // A client that is blocked is no member any more.
          blocked ? telling(client, id, 'Left', 'Blocked') : telling(client, id, 'Unblocked'),
        ),
    ),
  );

/**
 * Cold: clients are no members any more and can't become any; the owner and managers do this, to those below their
 * rank. Emits for whom it came about, completes (protocol: blacklist/block). Errors: `ServerRejected`,
 * `SignatureFailed`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`, `InvalidArgument`.
 *
 * @example const { failed } = await firstValueFrom(block(conversation, ['Spike']));
 */
export const block = (conversation: Handle, clients: readonly string[]): Observable<MembershipResult> =>
  setBlocked(conversation, clients, true);

/** Cold: clients can be members again; as `block` (protocol: blacklist/unblock). */
export const unblock = (conversation: Handle, clients: readonly string[]): Observable<MembershipResult> =>
  setBlocked(conversation, clients, false);

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
  /** Missing on the last page. */
  readonly next?: string;
}

const toPage = (clientIds: readonly string[] = [], next = ''): ClientPage => ({
  clientIds,
  ...(next === '' ? {} : { next }),
});

/**
 * Cold: a page of those who may not send; the next one starts at its `next` (protocol: conv/query_shutup). Errors as
 * `silence`.
 *
 * @example const { clientIds, next } = await firstValueFrom(silenced(conversation, { limit: 20 }));
 */
export const silenced = (
  conversation: Handle,
  { limit = DEFAULT_LIMIT, next }: ClientPageOptions = {},
): Observable<ClientPage> =>
  ofConversation(conversation, ({ client: { link }, id }) =>
    link
      .request(
        { cmd: 'conv', op: 'query_shutup', convMessage: { cid: id, limit, ...defined({ next }) } },
        ConvShutupResult,
      )
      .pipe(map(({ convMessage }) => toPage(convMessage.m, convMessage.next))),
  );

/**
 * Cold: a page of those who can't be members; the next one starts at its `next` (protocol: blacklist/query). Errors
 * as `block`.
 *
 * @example const { clientIds, next } = await firstValueFrom(blocked(conversation));
 */
export const blocked = (
  conversation: Handle,
  { limit = DEFAULT_LIMIT, next }: ClientPageOptions = {},
): Observable<ClientPage> =>
  ofConversation(conversation, ({ client: { link }, id }) =>
    link
      .request(
        { cmd: 'blacklist', op: 'query', blacklistMessage: { srcCid: id, limit, ...defined({ next }) } },
        BlacklistQueryResult,
      )
      .pipe(map(({ blacklistMessage }) => toPage(blacklistMessage.blockedPids, blacklistMessage.next))),
  );
