/** A flood: so many messages, each one frame, ready to be written to a socket. */
import { encodeFrame, subprotocols } from 'rx-realtime/codecs';
import { textChecksum } from './text-checksum.js';

export const reader = 'reader';
const writer = 'writer';

const TEXT_BYTES = 150;
const CHUNK_BYTES = 64 * 1024;
const FILLING = 'The quick brown fox jumps over the lazy dog, and the dog, being lazy, lets it. ';

export const conversationId = (index: number): string => `conversation-${index}`;

export interface FloodOptions {
  /** The number of the first message; a later flood goes on where an earlier one ended, so that ids and times never repeat. */
  readonly first: number;
  readonly count: number;
  /** The messages go to so many conversations in turn. */
  readonly conversations: number;
}

export interface Flood {
  /** All frames, one behind the other: a write for each would measure the writer. */
  readonly chunks: readonly Buffer[];
  /** The sum of the checksums of all texts, as 32 bits. */
  readonly texts: number;
  /** The sum of the lengths of all frames, without their headers. */
  readonly bytes: number;
}

const EPOCH = Date.UTC(2030, 0);

const textOf = (number: number): string => `${number} ${FILLING}${FILLING}`.slice(0, TEXT_BYTES);

const push = (number: number, conversation: number, text: string): Uint8Array => {
  const frame = encodeFrame(
    {
      cmd: 'direct',
      peerId: reader,
      service: 2,
      directMessage: {
        msg: JSON.stringify({ _lctype: -1, _lctext: text }),
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

export const prepareFlood = ({ first, count, conversations }: FloodOptions): Flood => {
  const chunks: Buffer[] = [];
  let chunk: Uint8Array[] = [];
  let chunkBytes = 0;
  let texts = 0;
  let bytes = 0;
  for (let number = first; number < first + count; number += 1) {
    const text = textOf(number);
    const payload = push(number, number % conversations, text);
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
