/** Reads the records of a file, whichever of the forms it has. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { either as E } from 'fp-ts';
import { JsonObject, parseJson, type Json } from '../../codecs/index.js';
import { cutDocuments, documentLength, loadBson, objectOf } from './bson.js';
import { cutterFor, type Piece } from './pieces.js';

/** A record of a file, or what is there instead. `place`: the line, or the number of the document. */
type FileRecord =
  | { readonly place: string; readonly json: Json; readonly text?: string }
  | { readonly place: string; readonly mistake: string };

export interface FileReading {
  readonly records: AsyncIterable<FileRecord>;
  /** The length of the file, bytes. */
  readonly size: number;
  /** How much of it was read, bytes. */
  readonly read: () => number;
}

type Chunks = AsyncIterable<Buffer>;

/** The first bytes, and all bytes again. */
const peek = async (chunks: Chunks, least: number): Promise<readonly [start: Buffer, all: Chunks]> => {
  const iterator = chunks[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
    start = start.length === 0 ? step.value : Buffer.concat([start, step.value]);
    if (start.length >= least) break;
  }
  const all = async function* (): Chunks {
    try {
      if (start.length > 0) yield start;
      for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) yield step.value;
    } finally {
      await iterator.return?.();
    }
  };
  return [start, all()];
};

const gunzipped = async function* (chunks: Chunks): Chunks {
  const gunzip = createGunzip();
  const source = Readable.from(chunks);
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } finally {
    source.destroy();
  }
};

const isGzip = (start: Buffer): boolean => start[0] === 0x1f && start[1] === 0x8b;

/** Text begins with what JSON begins with; a document begins with its length. */
const isBson = (start: Buffer): boolean => start[3] === 0 && documentLength(start) !== undefined;

const HEADER = /^#filetype:JSON-streaming\s*(.*)$/;

/** The class that the first line names; undefined if it is no such line. */
const classOf = (line: string): string | undefined => {
  const header = HEADER.exec(line);
  const json = header === null ? undefined : parseJson(header[1] ?? '');
  if (json === undefined || E.isLeft(json) || !JsonObject.is(json.right)) return undefined;
  const { class: name } = json.right;
  return typeof name === 'string' ? name : undefined;
};

const CLASSES: readonly string[] = ['_Conversation', '_ConversationMemberInfo'];

const recordsOfPiece = function* (piece: Piece): Generator<FileRecord> {
  const place = `line ${piece.line}`;
  if ('mistake' in piece) {
    yield { place, mistake: piece.mistake };
    return;
  }
  const { text } = piece;
  if (text.startsWith('#')) {
    const name = classOf(text);
    if (name !== undefined && !CLASSES.includes(name))
      throw new Error(
        `the file has objects of the class ${name}; only ${CLASSES.join(', ')} and messages are imported`,
      );
    return;
  }
  const json = parseJson(text);
  if (E.isLeft(json)) yield { place, mistake: json.left.message };
  else if (JsonObject.is(json.right) && Array.isArray(json.right['results']))
    // An answer of the HTTP API.
    for (const one of json.right['results'] as readonly Json[]) yield { place, json: one };
  else if (Array.isArray(json.right)) for (const one of json.right as readonly Json[]) yield { place, json: one };
  else yield { place, json: json.right, text };
};

const inText = async function* (start: Buffer, chunks: Chunks): AsyncGenerator<FileRecord> {
  const { push, end } = cutterFor(start.toString('utf8').replace(/^\ufeff/, ''));
  // It drops a byte order mark.
  const decoder = new TextDecoder();
  for await (const chunk of chunks)
    for (const piece of push(decoder.decode(chunk, { stream: true }))) yield* recordsOfPiece(piece);
  for (const piece of [...push(decoder.decode()), ...end()]) yield* recordsOfPiece(piece);
};

const inBson = async function* (chunks: Chunks): AsyncGenerator<FileRecord> {
  const bson = await loadBson();
  const { push, isInside } = cutDocuments();
  let number = 0;
  for await (const chunk of chunks)
    for (const bytes of push(chunk)) {
      number += 1;
      const place = `document ${number}`;
      try {
        yield { place, json: objectOf(bson, bytes) };
      } catch (error) {
        yield { place, mistake: `it is no BSON: ${error instanceof Error ? error.message : String(error)}` };
      }
    }
  if (isInside()) yield { place: `document ${number + 1}`, mistake: 'the file ends inside of this document' };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What follows a place that can't be read is lost. What came before is not. */
const untilBroken = async function* (records: () => AsyncIterable<FileRecord>): AsyncGenerator<FileRecord> {
  try {
    yield* records();
  } catch (error) {
    yield { place: 'the rest', mistake: messageOf(error) };
  }
};

const START = 65_536;

/** Opens a file. Rejects if it can't be opened; what is wrong in it are mistakes among its records. */
export const readRecords = async (file: string): Promise<FileReading> => {
  const { size } = await stat(file);
  let read = 0;
  const counted = async function* (): Chunks {
    for await (const chunk of createReadStream(file, { highWaterMark: START })) {
      read += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  };
  const records = async function* (): AsyncGenerator<FileRecord> {
    const [magic, raw] = await peek(counted(), 2);
    const [start, chunks] = await peek(isGzip(magic) ? gunzipped(raw) : raw, START);
    yield* isBson(start) ? inBson(chunks) : inText(start, chunks);
  };
  return { records: untilBroken(records), size, read: () => read };
};
