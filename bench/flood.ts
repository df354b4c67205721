/** A flood: many messages, each in one frame, ready to be written to a socket. */
import { encodeFrame, subprotocols } from 'rx-realtime/codecs';
import { textChecksum } from './text-checksum.js';

export const reader = 'reader';
const writer = 'writer';

const TEXT_BYTES = 150;
const CHUNK_BYTES = 64 * 1024;
const FILLING = 'The quick brown fox jumps over the lazy dog, and the dog, being lazy, lets it. ';

export const conversationId = (index: number): string => `conversation-${index}`;

/** The kinds of messages in a flood. */
export type Mix = 'texts' | 'mixed';

/** The number of the custom type. */
export const CUSTOM = 1;

export interface FloodOptions {
  /**
   * The number of the first message. A later flood starts where the earlier one ended, so that ids and times never
   * repeat.
   */
  readonly first: number;
  readonly count: number;
  /**
   * Texts only; or, of every eight messages, two with attributes, one that mentions the reader, and one of a custom
   * type.
   */
  readonly mix: Mix;
  /** Number of conversations. The messages go to them in turn. */
  readonly conversations: number;
}

export interface Flood {
  /** All frames, joined in large chunks: a write for each frame would measure the writer. */
  readonly chunks: readonly Buffer[];
  /** The sum of the checksums of all texts, as a 32-bit number. */
  readonly texts: number;
  /** The sum of the lengths of all frames, without their headers. */
  readonly bytes: number;
}

const EPOCH = Date.UTC(2030, 0);

const textOf = (number: number): string => `${number} ${FILLING}${FILLING}`.slice(0, TEXT_BYTES);

/** The body of a message, and the clients that it mentions. */
const contentOf = (
  number: number,
  text: string,
  mix: Mix,
): { readonly body: object; readonly mentions: readonly string[] } => {
  const plain = { body: { _lctype: -1, _lctext: text }, mentions: [] };
  if (mix === 'texts') return plain;
  switch (number % 8) {
    case 0:
    case 4:
      return { ...plain, body: { ...plain.body, _lcattrs: { colour: 'red', size: 12, tags: ['a', 'b'] } } };
    case 2:
      return { ...plain, mentions: [reader] };
    case 6:
      return { ...plain, body: { _lctype: CUSTOM, _lctext: text, op: 'add', count: number } };
    default:
      return plain;
  }
};

const push = (number: number, conversation: number, text: string, mix: Mix): Uint8Array => {
  const { body, mentions } = contentOf(number, text, mix);
  const frame = encodeFrame(
    {
      cmd: 'direct',
      peerId: reader,
      service: 2,
      directMessage: {
        msg: JSON.stringify(body),
        ...(mentions.length === 0 ? {} : { mentionPids: [...mentions] }),
        cid: conversationId(conversation),
        id: `message-${number}`,
        fromPeerId: writer,
        timestamp: EPOCH + number,
      },
    },
    subprotocols.binary,
  );
  return typeof frame === 'string' ? Buffer.from(frame) : frame;
};

/** The header of an unmasked binary frame of 126 to 65,535 bytes (RFC 6455, 5.2). */
const header = (length: number): Buffer => {
  const bytes = Buffer.from([0x82, 126, 0, 0]);
  bytes.writeUInt16BE(length, 2);
  return bytes;
};

export const prepareFlood = ({ first, count, conversations, mix }: FloodOptions): Flood => {
  const chunks: Buffer[] = [];
  let chunk: Uint8Array[] = [];
  let chunkBytes = 0;
  let texts = 0;
  let bytes = 0;
  for (let number = first; number < first + count; number += 1) {
    const text = textOf(number);
    const payload = push(number, number % conversations, text, mix);
    texts = (texts + textChecksum(text)) | 0;
    bytes = (bytes + payload.length) | 0;
    chunk.push(header(payload.length), payload);
    chunkBytes += payload.length;
    if (chunkBytes >= CHUNK_BYTES || number === first + count - 1) {
      chunks.push(Buffer.concat(chunk));
      chunk = [];
      chunkBytes = 0;
    }
  }
  return { chunks, texts, bytes };
};
