/** Silences and blocks clients in conversations and chat rooms. */
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
 * Cold: silences members, so that they can't send. Only the owner and managers may do it, to members of a lower role.
 * Emits for whom it succeeded and for whom not, then completes (protocol: conv/add_shutup).
 *
 * Errors: `ServerRejected`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`, `InvalidArgument`.
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

/** Cold: lets silenced members send again (protocol: conv/remove_shutup). Result and errors as `silence`. */
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
          // A blocked client is no longer a member.
          blocked ? telling(client, id, 'Left', 'Blocked') : telling(client, id, 'Unblocked'),
        ),
    ),
  );

/**
 * Cold: blocks clients. They stop being members and can't join again. Only the owner and managers may do it, to
 * clients of a lower role. Emits for whom it succeeded and for whom not, then completes (protocol: blacklist/block).
 *
 * Errors: `ServerRejected`, `SignatureFailed`, `ConnectionLost`, `CommandTimeout`, `SessionClosed`,
 * `InvalidArgument`.
 *
 * @example const { failed } = await firstValueFrom(block(conversation, ['Spike']));
 */
export const block = (conversation: Handle, clients: readonly string[]): Observable<MembershipResult> =>
  setBlocked(conversation, clients, true);

/** Cold: lets blocked clients become members again (protocol: blacklist/unblock). Result and errors as `block`. */
export const unblock = (conversation: Handle, clients: readonly string[]): Observable<MembershipResult> =>
  setBlocked(conversation, clients, false);

/** Options of `silenced` and `blocked`: which page. */
export interface ClientPageOptions {
  /** The maximum number of clients: 1 to 100. Default 50. */
  readonly limit?: number;
  /** The `next` of the page before. Default: the first page. */
  readonly next?: string;
}

const DEFAULT_LIMIT = 50;

/** A page of client ids, and where the next page starts. */
export interface ClientPage {
  /** The client ids of this page. */
  readonly clientIds: readonly string[];
  /** Give it as the option `next` to get the next page. Missing on the last page. */
  readonly next?: string;
}

const toPage = (clientIds: readonly string[] = [], next = ''): ClientPage => ({
  clientIds,
  ...(next === '' ? {} : { next }),
});

/**
 * Cold: one page of the silenced members. Emits once, then completes (protocol: conv/query_shutup). Errors as
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
 * Cold: one page of the blocked clients. Emits once, then completes (protocol: blacklist/query). Errors as `block`.
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
