/** Reads messages: bodies are decoded, and plug-ins have their say. */
import { isObservable, map, mergeMap, type Observable } from 'rxjs';
import type { BodyCodec, WireBody } from '../../codecs/index.js';
import type { ClientEvent, Message, ModificationReason, Projected } from '../../streams/index.js';
import type { Fault } from '../faults.js';

/** What plugins make of bodies and messages on their way in. */
export interface Pipeline {
  /** Cold: a body after all `beforeParse`; emits once, synchronously where all of them answer at once. */
  readonly content: (content: WireBody) => Observable<WireBody>;
  /** Cold: a message after all `afterParse`; the same. */
  readonly message: (message: Message) => Observable<Message>;
}

/** What reading a message needs to know. */
export interface MessageReader {
  /** The client's own id. */
  readonly self: string;
  readonly bodies: BodyCodec;
  readonly report: (fault: Fault) => void;
  /** The middlewares of plugins, where there are any. */
  readonly pipeline: Pipeline | undefined;
}

/** What the forms of a message on the wire have in common. */
interface WireMessage {
  readonly mentionPids?: readonly string[];
  readonly mentionAll?: boolean;
  readonly timestamp: number;
  readonly patchTimestamp?: number;
  readonly offline?: boolean;
}

/** A message that has arrived, whose body is not read yet. */
export interface RawMessage {
  readonly conversationId: string;
  readonly id: string;
  readonly from: string;
  readonly transient: boolean;
  readonly wire: WireMessage;
  /** The body; may have other fields beside it. */
  readonly content: WireBody;
}

/** An entry of the log whose message is not read yet. */
export interface RawEntry extends RawMessage {
  readonly _tag: 'Raw';
  /** What it becomes. */
  readonly becomes: 'Message' | 'Edit' | 'Recall';
  readonly reason?: ModificationReason;
}

const NOBODY: readonly string[] = [];

/** One literal with all keys: an object that grows by spreads costs more than all the rest of reading a message. */
const toMessage = ({ self, bodies, report }: MessageReader, raw: RawMessage, content: WireBody): Message => {
  const { conversationId, id, from, transient, wire } = raw;
  const body = bodies.decode(content);
  if (body._tag === 'Invalid') report({ _tag: 'Body', clientId: self, conversationId, messageId: id, error: body.failure });
  const { timestamp, mentionPids: mentions = NOBODY, mentionAll: mentionsAll = false, patchTimestamp: editedAt, offline } = wire;
  const mentioned = from !== self && (mentionsAll || mentions.includes(self));
  const message = { id, conversationId, from, timestamp, transient, mentions, mentionsAll, body, mentioned };
  if (editedAt === undefined && offline !== true) return message;
  return { ...message, ...(editedAt === undefined ? {} : { editedAt }), ...(offline === true ? { offline } : {}) };
};

const bodyOnly = ({ msg, binaryMsg }: WireBody): WireBody => (binaryMsg === undefined ? (msg === undefined ? {} : { msg }) : { binaryMsg });

/** Cold: the message after all plug-ins; emits once. */
const throughPlugins = (reader: MessageReader, pipeline: Pipeline, raw: RawMessage): Observable<Message> =>
  pipeline.content(bodyOnly(raw.content)).pipe(
    map((content) => toMessage(reader, raw, content)),
    mergeMap(pipeline.message),
  );

/** The message: at once where there are no plug-ins to wait for. */
export const readMessage = (reader: MessageReader, raw: RawMessage): Message | Observable<Message> =>
  reader.pipeline === undefined ? toMessage(reader, raw, raw.content) : throughPlugins(reader, reader.pipeline, raw);

const withMessage = ({ becomes, conversationId, reason }: RawEntry, message: Message): ClientEvent =>
  becomes === 'Message'
    ? { _tag: becomes, conversationId, message, origin: 'live' }
    : { _tag: becomes, conversationId, message, ...(reason === undefined ? {} : { reason }) };

/** The entry with its message. */
export const readEntry = (reader: MessageReader, raw: RawEntry): Exclude<Projected<ClientEvent>, undefined> => {
  const message = readMessage(reader, raw);
  return isObservable(message) ? { later: message.pipe(map((read) => withMessage(raw, read))) } : { now: withMessage(raw, message) };
};
