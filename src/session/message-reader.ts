/** Reads messages: decodes the bodies, and runs the plugins. */
import { defined } from '../../codecs/defined.js';
import { map, mergeMap, of, type Observable } from 'rxjs';
import { DecodeFailed, preview, type Body, type BodyCodec, type WireBody } from '../../codecs/index.js';
import type { ClientEvent, Message, ModificationReason } from '../../streams/index.js';
import type { Fault } from '../faults.js';
import { reasonOf } from '../thrown.js';

/** The plugins that can change bodies and messages as they are read. */
export interface Pipeline {
  /** Cold: the body after all `beforeParse`. Emits once, synchronously if all plugins answer at once. */
  readonly content: (content: WireBody) => Observable<WireBody>;
  /** Cold: the message after all `afterParse`. Emits as `content` does. */
  readonly message: (message: Message) => Observable<Message>;
}

/** What is needed to read a message. */
export interface MessageReader {
  /** The client's own id. */
  readonly self: string;
  readonly bodies: BodyCodec;
  readonly report: (fault: Fault) => void;
  /** The middlewares of the plugins, if there are any. */
  readonly pipeline: Pipeline | undefined;
}

/** The fields that all forms of a message on the wire have. */
interface WireMessage {
  readonly mentionPids?: readonly string[];
  readonly mentionAll?: boolean;
  readonly timestamp: number;
  readonly patchTimestamp?: number;
  readonly offline?: boolean;
}

/** A message that has arrived and whose body is not decoded yet. */
export interface RawMessage {
  readonly conversationId: string;
  readonly id: string;
  readonly from: string;
  readonly transient: boolean;
  readonly wire: WireMessage;
  /** The body. The object may have other fields beside it. */
  readonly content: WireBody;
}

/** An entry of the log whose message is not decoded yet. */
export interface RawEntry extends RawMessage {
  readonly _tag: 'Raw';
  /** The kind of entry that it becomes. */
  readonly becomes: 'Message' | 'Edit' | 'Recall';
  readonly reason?: ModificationReason;
}

const NOBODY: readonly string[] = [];

/** A message type of the application may throw. Then the message is delivered with its text. */
const decodeBody = (bodies: BodyCodec, content: WireBody): Body => {
  try {
    return bodies.decode(content);
  } catch (thrown) {
    const raw = content.msg ?? '';
    return { _tag: 'Invalid', type: 0, raw, failure: new DecodeFailed('', reasonOf(thrown), preview(raw)) };
  }
};

/** One literal with all keys: an object that grows by spreads costs more than all other work of reading a message. */
export const toMessage = (
  { self, bodies, report }: MessageReader,
  raw: RawMessage,
  content: WireBody = raw.content,
): Message => {
  const { conversationId, id, from, transient, wire } = raw;
  const body = decodeBody(bodies, content);
  if (body._tag === 'Invalid')
    report({ _tag: 'Body', clientId: self, conversationId, messageId: id, error: body.failure });
  const {
    timestamp,
    mentionPids: mentions = NOBODY,
    mentionAll: mentionsAll = false,
    patchTimestamp: editedAt,
    offline,
  } = wire;
  const mentioned = from !== self && (mentionsAll || mentions.includes(self));
  const message = { id, conversationId, from, timestamp, transient, mentions, mentionsAll, body, mentioned };
  if (editedAt === undefined && offline !== true) return message;
  return { ...message, ...defined({ editedAt }), ...(offline === true ? { offline } : {}) };
};

const bodyOnly = ({ msg, binaryMsg }: WireBody): WireBody =>
  binaryMsg === undefined ? (msg === undefined ? {} : { msg }) : { binaryMsg };

/** Cold: the decoded message, after the plugins if there are any. Emits once, then completes. */
export const readMessage = (reader: MessageReader, raw: RawMessage): Observable<Message> => {
  const { pipeline } = reader;
  if (pipeline === undefined) return of(toMessage(reader, raw));
  return pipeline.content(bodyOnly(raw.content)).pipe(
    map((content) => toMessage(reader, raw, content)),
    mergeMap(pipeline.message),
  );
};

/** The entry with its decoded message. */
export const withMessage = ({ becomes, conversationId, reason }: RawEntry, message: Message): ClientEvent =>
  becomes === 'Message'
    ? { _tag: becomes, conversationId, message, origin: 'live' }
    : { _tag: becomes, conversationId, message, ...defined({ reason }) };
