/**
 * The refusals of the server: the protocol's code, its symbolic name, and a text for people (protocol: error codes).
 */
import { defined } from '../../codecs/defined.js';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';

const names = {
  4100: 'APP_NOT_AVAILABLE',
  4102: 'SIGNATURE_FAILED',
  4103: 'INVALID_LOGIN',
  4105: 'SESSION_REQUIRED',
  4109: 'FRAME_TOO_LONG',
  4111: 'SESSION_CONFLICT',
  4112: 'SESSION_TOKEN_EXPIRED',
  4113: 'APP_QUOTA_EXCEEDED',
  4114: 'UNPARSEABLE_RAW_MESSAGE',
  4115: 'KICKED_BY_APP',
  4116: 'MESSAGE_SENT_QUOTA_EXCEEDED',
  4200: 'INTERNAL_ERROR',
  4301: 'CONVERSATION_API_FAILED',
  4302: 'CONVERSATION_SIGNATURE_FAILED',
  4303: 'CONVERSATION_NOT_FOUND',
  4304: 'CONVERSATION_FULL',
  4305: 'CONVERSATION_REJECTED_BY_APP',
  4306: 'CONVERSATION_UPDATE_FAILED',
  4309: 'CONVERSATION_UPDATE_REJECTED',
  4310: 'CONVERSATION_QUERY_FAILED',
  4311: 'CONVERSATION_LOG_FAILED',
  4312: 'CONVERSATION_LOG_REJECTED',
  4313: 'SYSTEM_CONVERSATION_REQUIRED',
  4314: 'NORMAL_CONVERSATION_REQUIRED',
  4315: 'CONVERSATION_BLACKLISTED',
  4317: 'CONVERSATION_MEMBERSHIP_REQUIRED',
  4318: 'CONVERSATION_API_QUOTA_EXCEEDED',
  4320: 'CONVERSATION_OPERATION_UNAUTHORIZED',
  4321: 'UNKNOWN_CONVERSATION_ROLE',
  4323: 'TEMPORARY_CONVERSATION_EXPIRED',
  4324: 'CONVERSATION_NEED_OWNER',
  4401: 'INVALID_MESSAGING_TARGET',
  4402: 'MESSAGE_REJECTED_BY_APP',
  4403: 'MESSAGE_OWNERSHIP_REQUIRED',
  4404: 'MESSAGE_NOT_FOUND',
  4405: 'MESSAGE_UPDATE_REJECTED_BY_APP',
  4543: 'BLACKLIST_FULL',
  4546: 'BLACKLIST_SIGNATURE_FAILED',
  4561: 'SILIENCED_MEMBER_LIST_FULL',
  4563: 'SILIENCED',
} as const;

export type RefusalCode = keyof typeof names;

/** Thrown by handlers. Their caller answers the client with it. */
export class Refusal extends Error {
  readonly _tag = 'Refusal';
  readonly reason: string;

  constructor(
    readonly code: RefusalCode,
    readonly detail: string,
    /** The application's own code, if one of its hooks has refused. */
    readonly appCode?: number,
  ) {
    const { stackTraceLimit } = Error;
    // A refusal is an answer, not a fault, so nobody reads its stack. Without the stack trace a refusal costs much
    // less, which matters when a client floods the server.
    Error.stackTraceLimit = 0;
    super(`${code} ${names[code]}: ${detail}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.reason = names[code];
  }
}

/**
 * The answer for a refusal of a command (protocol: error codes). Every client waits for the `ack` of its message, so a
 * message is refused by one. Without a session, there is nobody whose message it could be.
 */
export const refusalAnswer = ({ code, reason, detail, appCode }: Refusal, cmd?: ClientCommand['cmd']): ServerCommand =>
  cmd === 'direct' && code !== 4105
    ? { cmd: 'ack', ackMessage: { code, reason, ...defined({ appCode }), appMsg: detail } }
    : { cmd: 'error', errorMessage: { code, reason, detail, ...defined({ appCode }) } };

/** The symbolic name of a code. */
export const reasonOf = (code: RefusalCode): string => names[code];
