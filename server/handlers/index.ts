/** The handlers, one for each kind of command. To add a command, add a file in this folder and a line here. */
import type { ClientCommand } from '../../codecs/index.js';
import type { App } from '../app.js';
import { ack } from './ack.js';
import { blacklistBlock, blacklistCheckBlock, blacklistQuery, blacklistUnblock } from './blacklist.js';
import { kindOf } from './bounds.js';
import { convAdd } from './conv-add.js';
import { convCount } from './conv-count.js';
import { convIsMember, convMembers } from './conv-members.js';
import { convMaxRead } from './conv-max-read.js';
import { convMemberInfoUpdate } from './conv-member-info-update.js';
import { convMute, convUnmute } from './conv-mute.js';
import { convQuery } from './conv-query.js';
import { convRemove } from './conv-remove.js';
import { convAddShutup, convCheckShutup, convQueryShutup, convRemoveShutup } from './conv-shutup.js';
import { convStart } from './conv-start.js';
import { convUpdate } from './conv-update.js';
import { direct, isQueuedAtOnce } from './direct.js';
import { echo } from './echo.js';
import type { Context, Handler, KindOf, Reply } from './handler.js';
import { logs } from './logs.js';
import { noticingEnd } from './noticing-end.js';
import { patchModify } from './patch-modify.js';
import { read } from './read.js';
import { reportUpload, serviceLogin } from './service.js';
import { sessionClose } from './session-close.js';
import { sessionOpen } from './session-open.js';
import { sessionQuery } from './session-query.js';
import { sessionRefresh } from './session-refresh.js';

type Handlers = { readonly [C in ClientCommand as KindOf<C>]: Handler<C> };

const handlers: Handlers = {
  'session/open': sessionOpen,
  'session/close': sessionClose,
  'session/refresh': sessionRefresh,
  'session/query': sessionQuery,
  'conv/start': convStart,
  'conv/query': convQuery,
  'conv/max_read': convMaxRead,
  'conv/add': noticingEnd(convAdd, ({ convMessage }) => convMessage.cid),
  'conv/remove': noticingEnd(convRemove, ({ convMessage }) => convMessage.cid),
  'conv/count': noticingEnd(convCount, ({ convMessage }) => convMessage.cid),
  'conv/members': noticingEnd(convMembers, ({ convMessage }) => convMessage.cid),
  'conv/is_member': convIsMember,
  'conv/update': convUpdate,
  'conv/mute': convMute,
  'conv/unmute': convUnmute,
  'conv/member_info_update': convMemberInfoUpdate,
  'conv/add_shutup': convAddShutup,
  'conv/remove_shutup': convRemoveShutup,
  'conv/query_shutup': convQueryShutup,
  'conv/check_shutup': convCheckShutup,
  'blacklist/block': blacklistBlock,
  'blacklist/unblock': blacklistUnblock,
  'blacklist/query': blacklistQuery,
  'blacklist/check_block': blacklistCheckBlock,
  direct: noticingEnd(direct, ({ directMessage }) => directMessage.cid),
  ack,
  read,
  logs: noticingEnd(logs, ({ logsMessage }) => logsMessage.cid),
  'patch/modify': patchModify,
  login: serviceLogin,
  'report/upload': reportUpload,
  echo,
};

/** Commands whose only result is their answer: on a socket that has closed, nobody gets it. */
const READS: ReadonlySet<string> = new Set<KindOf<ClientCommand>>([
  'session/query',
  'session/refresh',
  'conv/query',
  'conv/count',
  'conv/members',
  'conv/is_member',
  'conv/max_read',
  'conv/query_shutup',
  'conv/check_shutup',
  'blacklist/query',
  'blacklist/check_block',
  'logs',
  'login',
  'report/upload',
  'echo',
]);

export const isRead = (command: ClientCommand): boolean => READS.has(kindOf(command));

/**
 * Whether a command has its place in the order of its conversation as soon as its handler is called. So the handler of
 * the next one may be called before it has ended.
 */
export const isPlacedAtOnce = (app: App, command: ClientCommand): boolean =>
  command.cmd === 'direct' && isQueuedAtOnce(app, command);

/** Hands a command to the handler of its kind. Refuses a command with a field that is too long. */
export const handle = (context: Context, command: ClientCommand): Promise<Reply> => {
  context.app.checkBounds(command);
  // The codec has checked that `cmd` and `op` belong together, and the table has a handler for each pair. TypeScript
  // can't see that through the joined name.
  const handler = handlers[kindOf(command) as keyof Handlers] as Handler<ClientCommand>;
  return handler(context, command);
};
