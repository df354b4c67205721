/** The envelope of every command, and the combinators that make one codec for each kind of command. */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { defined } from '../defined.js';
import { map } from '../either.js';
import { Int32, SafeInteger } from '../primitives.js';
import { record, type OptionalOf, type RecordOf } from '../record.js';

/** Envelope fields that any command may carry (protocol: GenericCommand 3 to 11). */
const envelope = {
  /** Serial: present on a request and on its response, absent on a push. */
  i: Int32,
  /** The client that sends or receives the command. If absent, it is the first session of the connection. */
  peerId: c.string,
  appId: c.string,
  installationId: c.string,
  priority: Int32,
  /** 2 (or absent) means instant messaging. */
  service: Int32,
  serverTs: SafeInteger,
  clientTs: SafeInteger,
  /** 1 means permanent: `serverTs` is then a resume point. */
  notificationType: Int32,
};

/** The fields that every command may carry beside its kind and its sub-message. */
export interface Envelope extends OptionalOf<typeof envelope> {}

/** The fields that identify the kind. Not every kind has an `op`. */
type KindOf<C extends string, O extends string | undefined> = O extends string ? { cmd: C; op: O } : { cmd: C };

/** The codec of one kind of command. `M` is the type of the fields beside the kind and the envelope. */
export interface CommandCodec<C extends string, O extends string | undefined, M> extends t.Type<
  Envelope & KindOf<C, O> & M
> {}

/**
 * Makes the codec of one kind of command: its `cmd`, its `op` if it has one, its required and its optional
 * sub-messages.
 */
export function command<C extends string, O extends string | undefined, R extends t.Props, P extends t.Props>(
  cmd: C,
  op: O,
  required: R,
  optional: P,
): CommandCodec<C, O, RecordOf<R, P>>;
export function command(cmd: string, op: string | undefined, required: t.Props, optional: t.Props): t.Mixed {
  const kind = op === undefined ? { cmd: c.literal(cmd) } : { cmd: c.literal(cmd), op: c.literal(op) };
  return record(op === undefined ? cmd : `${cmd}/${op}`, { ...kind, ...required }, { ...envelope, ...optional });
}

const unsupported = record(
  'UnsupportedCommand',
  {
    cmd: c.literal('unsupported'),
    /** For example `room/join`. Kinds without a name in the schema are numbers. */
    kind: c.string,
  },
  { i: Int32, peerId: c.string },
);
/** A command that has no codec in this project. Its name is kept, so that it can be refused or reported. */
export interface UnsupportedCommand extends Readonly<t.TypeOf<typeof unsupported>> {}

const NameOrNumber = c.union([c.string, c.number], 'a name or a number');
const Head = record('Command', { cmd: NameOrNumber }, { op: NameOrNumber, i: Int32, peerId: c.string });

/**
 * The codec of a whole direction. It looks the kind up by `cmd` and `op`, so the cost does not grow with the number
 * of kinds. A kind that is not listed decodes to an `UnsupportedCommand`.
 */
export const commandByKind = <C extends t.Mixed>(
  name: string,
  codecs: readonly C[],
): t.Type<t.TypeOf<C> | UnsupportedCommand, t.OutputOf<C> | UnsupportedCommand> => {
  const kinds = new Map<unknown, Map<unknown, C>>();
  for (const codec of codecs) {
    const [cmd, op] = codec.name.split('/');
    kinds.set(cmd, (kinds.get(cmd) ?? new Map<unknown, C>()).set(op, codec));
  }
  // A kind that is identified by `cmd` alone matches any `op`.
  const find = ({ cmd, op }: { readonly cmd?: unknown; readonly op?: unknown }): C | undefined => {
    const ops = kinds.get(cmd);
    return ops?.get(op) ?? ops?.get(undefined);
  };
  const isObject = (input: unknown): input is object => typeof input === 'object' && input !== null;

  return new c.Type<t.TypeOf<C> | UnsupportedCommand, t.OutputOf<C> | UnsupportedCommand>(
    name,
    (input): input is t.TypeOf<C> | UnsupportedCommand => isObject(input) && (find(input) ?? unsupported).is(input),
    (input, context) => {
      if (!isObject(input)) return c.failure(input, context);
      const codec = find(input);
      if (codec !== undefined) return codec.validate(input, context) as t.Validation<t.TypeOf<C>>;
      return map(Head.validate(input, context), ({ cmd, op, i, peerId }): UnsupportedCommand =>
        defined({
          cmd: 'unsupported' as const,
          kind: op === undefined ? String(cmd) : `${String(cmd)}/${String(op)}`,
          i,
          peerId,
        }),
      );
    },
    c.identity,
  );
};
