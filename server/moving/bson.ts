/** Documents of a file that `mongodump` writes: one BSON document after the other. */
import type { Json } from '../../codecs/index.js';

/** The part of the package `bson` that is used. */
interface Bson {
  readonly deserialize: (bytes: Uint8Array, options: { readonly promoteBuffers: boolean }) => Record<string, unknown>;
  readonly serialize: (document: Record<string, unknown>) => Uint8Array;
  readonly ObjectId: new (hex: string) => object;
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

export const loadBson = async (): Promise<Bson> => {
  try {
    return await import('bson');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error('a file in BSON needs a package: run "npm install bson@7", or take a file in JSON', {
      cause: error,
    });
  }
};

const LENGTH = 4;
const SHORTEST = 5;
/** MongoDB has documents of at most 16 MiB, and a little more around them. */
const LONGEST = 16_777_216 + 16_384;

/** The length of the document that begins with these bytes; undefined if none does. */
export const documentLength = (bytes: Buffer): number | undefined => {
  const length = bytes.length < LENGTH ? undefined : bytes.readInt32LE(0);
  return length !== undefined && length >= SHORTEST && length <= LONGEST ? length : undefined;
};

/** Cuts bytes into documents, a chunk at a time. It throws where no document can begin. */
export const cutDocuments = (): {
  readonly push: (chunk: Buffer) => Iterable<Buffer>;
  /** Whether the file ends inside of a document. */
  readonly isInside: () => boolean;
} => {
  let parts: Buffer[] = [];
  let size = 0;
  let wanted = LENGTH;
  let offset = 0;
  return {
    push: function* (chunk) {
      parts.push(chunk);
      size += chunk.length;
      // Long documents are not put together again for each chunk.
      if (size < wanted) return;
      let bytes = Buffer.concat(parts);
      wanted = LENGTH;
      while (bytes.length >= LENGTH) {
        const length = documentLength(bytes);
        if (length === undefined) throw new Error(`byte ${offset} begins no BSON document`);
        wanted = bytes.length < length ? length : LENGTH;
        if (bytes.length < length) break;
        yield bytes.subarray(0, length);
        offset += length;
        bytes = bytes.subarray(length);
      }
      parts = bytes.length === 0 ? [] : [bytes];
      size = bytes.length;
    },
    isInside: () => size > 0,
  };
};

const typed = (date: Date): Json => (Number.isNaN(date.getTime()) ? null : { __type: 'Date', iso: date.toISOString() });

/** A value of a type of BSON: all of them say in text what they are. */
interface Tagged {
  readonly _bsontype: string;
  readonly toString: () => string;
}

const isTagged = (value: object): value is Tagged => '_bsontype' in value && typeof value._bsontype === 'string';

/** A value of a document as it is in JSON: dates and pointers typed, ids as text, bytes in base64. */
const jsonOf = (value: unknown): Json => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return typed(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object') return null;
  if (isTagged(value)) {
    const { _bsontype: tag } = value;
    if (tag === 'DBRef' && 'collection' in value && 'oid' in value)
      return { __type: 'Pointer', className: String(value.collection), objectId: String(value.oid) };
    // Such as the id of an object.
    return tag === 'Long' || tag === 'Int32' || tag === 'Double' ? Number(value) : value.toString();
  }
  return fieldsOf(value);
};

const fieldsOf = (value: object): Readonly<Record<string, Json>> =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner)]));

/** A document as the object that a file in JSON has: with `objectId` instead of `_id`. */
export const objectOf = ({ deserialize }: Bson, bytes: Uint8Array): Json => {
  const { _id: id, ...rest } = fieldsOf(deserialize(bytes, { promoteBuffers: true }));
  return id === undefined ? rest : { objectId: typeof id === 'string' ? id : JSON.stringify(id), ...rest };
};

const isTypedDate = (value: object): value is { readonly __type: 'Date'; readonly iso: string } =>
  '__type' in value && value.__type === 'Date' && 'iso' in value && typeof value.iso === 'string';

const valueOf = (json: Json): unknown => {
  if (typeof json !== 'object' || json === null) return json;
  if (isTypedDate(json)) return new Date(json.iso);
  return Array.isArray(json)
    ? json.map(valueOf)
    : Object.fromEntries(Object.entries(json).map(([key, inner]) => [key, valueOf(inner)]));
};

/** The inverse of `objectOf`. */
export const documentOf = (
  { serialize, ObjectId }: Bson,
  { objectId, ...rest }: Readonly<Record<string, Json>>,
): Uint8Array => {
  const id = typeof objectId === 'string' && /^[0-9a-f]{24}$/.test(objectId) ? new ObjectId(objectId) : objectId;
  const values = Object.entries(rest).map(([key, json]) => [key, valueOf(json)] as const);
  return serialize({ _id: id, ...Object.fromEntries(values) });
};
