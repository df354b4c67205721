/** Message types that the application defines. */
import { isLeft, left, right, type Either } from '../either.js';
import * as c from '../type.js';
import { refusedBy, type Codec } from '../codec.js';
import { DecodeFailed, decodeFailed, preview } from '../decode-failed.js';
import { JsonObject } from '../json.js';
import { record } from '../record.js';
import { extraFields, extraWire, fromExtraWire, toExtraWire, type Extras } from './extras.js';
import { defined } from '../defined.js';
import type { MessageJson, MessageType, TaggedBody } from './message-type.js';

/** A message of a type that the application has defined. */
export interface Custom<A = unknown> extends Extras {
  readonly _tag: 'Custom';
  /** The number of its type. */
  readonly type: number;
  /** The message's own fields, decoded by the codec of the type. */
  readonly fields: A;
}

/** A message type that the application defines. */
export type CustomType<A = unknown> = MessageType<Custom<A>>;

/** A type that can also make its messages. They are frozen. */
export interface MessageDefinition<A> extends CustomType<A> {
  (fields: A, extras?: Extras): Custom<A>;
  /** The codec of the fields. */
  readonly codec: Codec<A>;
}

export interface MessageDefinitionOptions<A> {
  /** The number of the type: a positive integer, because the protocol uses the others. */
  readonly type: number;
  /**
   * The codec of the message's own fields, from io-ts or written by hand. It converts from and to a JSON object whose
   * keys don't begin with `_lc`. An exception that it throws counts as a refusal.
   */
  readonly codec: Codec<A>;
  /**
   * Reads and writes the text of a message in place of `JSON`, for numbers beyond 2^53: the package `lossless-json`
   * fits as it is. Default: `JSON`, and a message with a number that it would change is `Invalid`.
   */
  readonly json?: MessageJson;
}

const RESERVED = ['_lctype', '_lctext', '_lcattrs'];

const Head = record('a typed message', {}, extraWire);
const CustomBody = record('Custom', { _tag: c.literal('Custom'), type: c.number, fields: c.unknown }, extraFields);

const without = (json: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !RESERVED.includes(key)));

/** The user's codec may throw. Then the message is refused, and no stream ends. */
const guardedBy = <A>(name: string, input: unknown, run: () => Either<DecodeFailed, A>): Either<DecodeFailed, A> => {
  try {
    return run();
  } catch (thrown) {
    return left(refusedBy(`${name}, whose codec has thrown`, thrown, input));
  }
};

/**
 * Defines a message type. Pass the result to the realtime's `messages` option and to `ofType`; call it to make a
 * message. Throws a `RangeError` for a number that belongs to the protocol.
 *
 * @example
 * const Operation = defineMessage({ type: 1, codec: t.type({ op: c.string, count: c.number }) });
 * const realtime = createRealtime({ appId, server, messages: [Operation] });
 * conversation.send(Operation({ op: 'add', count: 1 }));
 * conversation.messages$.pipe(ofType(Operation)).subscribe(({ body }) => apply(body.fields.op));
 */
export const defineMessage = <A>({ type, codec, json: text }: MessageDefinitionOptions<A>): MessageDefinition<A> => {
  if (!Number.isSafeInteger(type) || type < 1)
    throw new RangeError(
      `the type of a message should be a whole number from 1 on, but is ${String(type)}: the others are the protocol's`,
    );
  const name = `message type ${String(type)}`;
  const make = (fields: A, extras: Extras = {}): Custom<A> =>
    Object.freeze({ _tag: 'Custom', type, fields, ...extras });
  const is = (body: TaggedBody): body is Custom<A> => body._tag === 'Custom' && 'type' in body && body.type === type;

  const decode = (json: JsonObject): Either<DecodeFailed, Custom<A>> =>
    guardedBy(name, json, () => {
      const extras = Head.decode(json);
      if (isLeft(extras)) return left(decodeFailed(extras.left));
      const own = without(json);
      const fields = codec.decode(own);
      return fields._tag === 'Right'
        ? right(make(fields.right, fromExtraWire(extras.right)))
        : left(refusedBy(name, fields.left, own));
    });

  const encode = (body: TaggedBody): Either<DecodeFailed, JsonObject> =>
    guardedBy(name, body, () => {
      const custom = CustomBody.decode(body);
      if (isLeft(custom)) return left(decodeFailed(custom.left));
      const { fields, ...extras } = custom.right;
      if (!codec.is(fields)) return left(new DecodeFailed('fields', `fields of ${name}`, preview(fields)));
      const json = codec.encode(fields);
      if (!JsonObject.is(json))
        return left(new DecodeFailed('fields', `a JSON object, as ${name} encodes it`, preview(json)));
      const taken = RESERVED.find((key) => Object.hasOwn(json, key));
      if (taken !== undefined)
        return left(
          new DecodeFailed(
            `fields.${taken}`,
            'left out: the protocol has its own meaning for it',
            preview(json[taken]),
          ),
        );
      return right({ ...json, _lctype: type, ...toExtraWire(extras) });
    });

  return Object.assign(make, { type, tag: 'Custom' as const, is, decode, encode, codec, ...defined({ json: text }) });
};
