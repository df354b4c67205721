/**
 * Compares the table of the schema, and the reader and the writer that use it, with the code that protobufjs
 * generates.
 */
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import protobuf from 'protobufjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { push_server } from '../../bench/proto/rtm.js';
import { parseWire, serialiseWire } from '../../codecs/wire.js';
import { generateProtobufjs, generateTable, omitted, protobufjsFile, tableFile } from '../../scripts/codegen.js';

const { CommandType, GenericCommand, OpType } = push_server.messages2;

const schema = new URL('../../codecs/proto/rtm.proto', import.meta.url);
const { root } = protobuf.parse(await readFile(schema, 'utf8'));
root.resolveAll();
const generic = root.lookupType('push_server.messages2.GenericCommand');

type Value = string | number | boolean | Uint8Array | Message | readonly Value[];
interface Message {
  readonly [name: string]: Value;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 40, maxLength: 200 }),
);

const scalars: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  string: text,
  int32: fc.oneof(fc.integer(), fc.integer({ min: -3, max: 300 })),
  int64: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 300 })),
  bool: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 200 }),
};

/** Any message of a type, with some of its fields. */
const messageOf = (type: protobuf.Type): fc.Arbitrary<Message> =>
  fc.record(
    Object.fromEntries(
      type.fieldsArray.map((field) => {
        const { resolvedType } = field.resolve();
        const value =
          resolvedType instanceof protobuf.Type
            ? messageOf(resolvedType)
            : resolvedType === null
              ? (scalars[field.type] ?? fc.constantFrom<Value>())
              : fc.constantFrom<Value>(...Object.values(resolvedType.values));
        return [field.name, field.repeated ? fc.array(value, { minLength: 1, maxLength: 3 }) : value];
      }),
    ),
    { requiredKeys: type.fieldsArray.filter(({ required }) => required).map(({ name }) => name) },
  );

const messageFields = generic.fieldsArray.filter((field) => field.resolve().resolvedType instanceof protobuf.Type);
const subMessages = messageFields.filter(({ type }) => !omitted.includes(type));
const omittedMessages = messageFields.filter(({ type }) => omitted.includes(type));

/** Any command with a sub-message of one type. Both have some of their fields. */
const commandWith = (field: protobuf.Field): fc.Arbitrary<Message> => {
  const only = new protobuf.Type('GenericCommand');
  for (const { name, id, type } of generic.fieldsArray)
    if (!type.endsWith('Command')) only.add(new protobuf.Field(name, id, type));
  const names = {
    cmd: fc.constantFrom(...Object.keys(CommandType).map((name) => name)),
    op: fc.constantFrom(...Object.keys(OpType).map((name) => name)),
  };
  const inner = field.resolve().resolvedType;
  if (!(inner instanceof protobuf.Type)) throw new Error(`${field.name} is no message`);
  return fc
    .tuple(messageOf(only), fc.record(names, { requiredKeys: ['cmd'] }), messageOf(inner))
    .map(([{ cmd, op, ...head }, named, message]) => ({ ...head, ...named, [field.name]: message }));
};

const numberIn = (numbers: Readonly<Record<string, number>>, name: Value | undefined): number =>
  (typeof name === 'string' ? numbers[name] : undefined) ?? -1;

const numbered = (command: Message): Message => ({
  ...command,
  ...('cmd' in command ? { cmd: numberIn(CommandType, command['cmd']) } : {}),
  ...('op' in command ? { op: numberIn(OpType, command['op']) } : {}),
});

const commandNames = new Map(Object.entries(CommandType).map(([name, number]) => [number, name]));
const opNames = new Map(Object.entries(OpType).map(([name, number]) => [number, name]));

/** The result of protobufjs, with names instead of numbers, as a plain object that can be compared. */
const byProtobufjs = (bytes: Uint8Array): unknown => {
  const { cmd, op, ...rest }: { cmd?: number; op?: number } = GenericCommand.decode(bytes);
  return {
    ...(cmd === undefined ? {} : { cmd: commandNames.get(cmd) ?? cmd }),
    ...(op === undefined ? {} : { op: opNames.get(op) ?? op }),
    ...rest,
  };
};

/**
 * Whether it is a message without a required field. The codecs refuse such a message, and say where the field is
 * missing.
 */
const isIncomplete = (bytes: Uint8Array): boolean => {
  try {
    GenericCommand.decode(bytes);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.startsWith('missing required');
  }
};

const omittedIds = new Set(omittedMessages.map(({ id }) => id));

/** Whether damage has made a message of it that has no codec. The reader skips such a message, and does not read it. */
const hasOmitted = (bytes: Uint8Array): boolean => {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (omittedIds.has(tag >>> 3)) return true;
    reader.skipType(tag & 7);
  }
  return false;
};

const attempt = (read: () => unknown): { readonly value: unknown } | undefined => {
  try {
    return { value: read() };
  } catch {
    return undefined;
  }
};

describe('the generated files', () => {
  it.each([
    ['the table', tableFile, generateTable],
    ['the code of protobufjs', protobufjsFile, generateProtobufjs],
  ] as const)('%s matches the schema: run `npm run codegen` after a change', async (_, file, generate) => {
    expect(await readFile(file, 'utf8')).toBe(await generate());
  });
});

describe.each(subMessages.map((field) => [field.name, field] as const))('%s', (_, field) => {
  let commands: fc.Arbitrary<Message>;
  beforeAll(() => {
    commands = commandWith(field);
  });

  it('is written to the same bytes as by protobufjs', () => {
    fc.assert(
      fc.property(commands, (command) => {
        expect(Buffer.from(serialiseWire(command)).toString('hex')).toBe(
          Buffer.from(GenericCommand.encode(numbered(command)).finish()).toString('hex'),
        );
      }),
    );
  });

  it('is read as it was written, and with the same result as by protobufjs', () => {
    fc.assert(
      fc.property(commands, (command) => {
        const frame = Buffer.from(GenericCommand.encode(numbered(command)).finish());
        expect(parseWire(frame)).toEqual(command);
        expect(parseWire(new Uint8Array(frame))).toEqual(command);
        expect(byProtobufjs(frame)).toEqual(command);
      }),
    );
  });

  it('is refused if it is damaged, or read as protobufjs reads it', () => {
    const damage = fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.boolean() });
    let refused = 0;
    let read = 0;
    fc.assert(
      fc.property(commands, fc.array(damage, { minLength: 1, maxLength: 3 }), (command, damages) => {
        let frame = serialiseWire(command).slice();
        for (const { at, byte, cut } of damages) {
          const index = at % (frame.length + 1);
          if (cut) frame = frame.slice(0, index);
          else if (index < frame.length) frame[index] = byte;
        }
        const ours = attempt(() => parseWire(frame));
        if (ours === undefined) refused += 1;
        else if (!isIncomplete(frame) && !hasOmitted(frame)) {
          read += 1;
          expect(ours).toEqual(attempt(() => byProtobufjs(frame)));
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
    expect(read).toBeGreaterThan(0);
  });
});

it.each(omittedMessages.map((field) => [field.name, field] as const))(
  '%s, which has no codec, is skipped',
  (name, field) => {
    fc.assert(
      fc.property(commandWith(field), (command) => {
        const { [name]: _, ...known } = command;
        expect(parseWire(GenericCommand.encode(numbered(command)).finish())).toEqual(known);
      }),
    );
  },
);

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

describe('a frame', () => {
  it('has keys only for fields that are present, and plain numbers', () => {
    const message = parseWire(bytes('0802c2060320e807'));
    expect(message).toEqual({ cmd: 'direct', directMessage: { timestamp: 1_000 } });
    expect(Object.keys(message as object)).toEqual(['cmd', 'directMessage']);
  });

  it.each([
    ['a varint', '0802f8ff0301'],
    ['64 bits', '0802f9ff030102030405060708'],
    ['bytes', '0802faff0303010203'],
    ['a group with a group in it', '0802fbff0308010b12010a0c fcff03'.replaceAll(' ', '')],
    ['32 bits', '0802fdff0301020304'],
  ])('drops a field that is not in the schema: %s', (_, hex) => {
    expect(parseWire(bytes(hex))).toEqual({ cmd: 'direct' });
    expect(byProtobufjs(bytes(hex))).toEqual({ cmd: 'direct' });
  });

  it('merges several parts of a sub-message into one', () => {
    const parts = bytes('0802c20603 5a0161 c20604 62 02 6162 c20603 5a0162'.replaceAll(' ', ''));
    expect(parseWire(parts)).toEqual(byProtobufjs(parts));
    expect(parseWire(parts)).toEqual({ cmd: 'direct', directMessage: { cid: 'b', id: 'ab' } });
  });

  it.each([
    ['a number without an end', '0880'],
    ['a number of eleven bytes', `08${'80'.repeat(10)}01`],
    ['text that is longer than the frame', '22056162'],
    ['a message that ends within a field', 'c206025a056162636465'],
    ['text where a number should be', '0a0161'],
    ['a number where text should be', '2001'],
    ['a 32-bit number that is too large', `08${'ff'.repeat(8)}01`],
    ['field 0', '0001'],
    ['the end of a group that has no start', '0802fcff03'],
    ['a group without an end', '0802fbff030801'],
    ['a wire type that does not exist', '0802feff03'],
    ['a tag of six bytes', '88808080800002'],
    ['101 nested groups', `${'fbff03'.repeat(102)}${'fcff03'.repeat(102)}`],
  ])('is refused with %s', (_, hex) => {
    expect(() => parseWire(bytes(hex))).toThrow(RangeError);
  });

  it('keeps 64-bit numbers exact near the bounds', () => {
    for (const value of [
      2 ** 53 - 1,
      1 - 2 ** 53,
      -1,
      0,
      2 ** 28,
      2 ** 56,
      -(2 ** 56),
      -(2 ** 63),
      2 ** 32,
      -(2 ** 32),
    ]) {
      const frame = GenericCommand.encode({ serverTs: value }).finish();
      expect(parseWire(frame)).toEqual({ serverTs: value });
      expect(serialiseWire({ serverTs: value })).toEqual(new Uint8Array(frame));
    }
  });

  it('is complete at any offset of the memory that many frames share', () => {
    for (let length = 0; length < 3_000; length += 1) {
      const command = {
        cmd: 'conv',
        convMessage: { m: ['\u00e9'.repeat(length % 7), 'x'.repeat(length % 140)], limit: 1 - length },
      };
      expect(parseWire(serialiseWire(command))).toEqual(command);
    }
  });

  it('replaces invalid UTF-8 as the platform does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (content) => {
        const peerId = new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
        const frame = Uint8Array.of(0x22, content.length, ...content);
        expect(parseWire(frame)).toEqual({ peerId });
        expect(parseWire(Buffer.from(frame))).toEqual({ peerId });
      }),
    );
  });

  it('is read on a platform without a text decoder, which refuses invalid UTF-8', async () => {
    vi.stubGlobal('TextDecoder', undefined);
    vi.resetModules();
    try {
      const { parseWire: parse } = await import('../../codecs/wire.js');
      const peerId = '\u4f60\u597d, \ud83d\ude00 '.repeat(20);
      expect(parse(new Uint8Array(serialiseWire({ peerId })))).toEqual({ peerId });
      expect(() => parse(bytes('2201ff'))).toThrow();
    } finally {
      vi.unstubAllGlobals();
      vi.resetModules();
    }
  });

  it('replaces a lone surrogate in text of any length', () => {
    for (const around of ['x', 'x'.repeat(100)]) {
      expect(parseWire(serialiseWire({ peerId: `${around}\ud83d${around}\ude00` }))).toEqual({
        peerId: `${around}\ufffd${around}\ufffd`,
      });
    }
  });
});

describe('the numbers of the protocol', () => {
  it.each(
    Object.entries({
      session: 0,
      conv: 1,
      direct: 2,
      ack: 3,
      rcp: 4,
      unread: 5,
      logs: 6,
      error: 7,
      read: 11,
      echo: 14,
      patch: 18,
      blacklist: 20,
      goaway: 21,
    }),
  )('command %s is %i', (name, number) => {
    expect(serialiseWire({ cmd: name })).toEqual(Uint8Array.of(8, number));
  });

  it.each(
    Object.entries({
      open: 1,
      add: 2,
      remove: 3,
      close: 4,
      opened: 5,
      closed: 6,
      query: 7,
      query_result: 8,
      refresh: 12,
      refreshed: 13,
      start: 30,
      started: 31,
      joined: 32,
      members_joined: 33,
      left: 39,
      members_left: 40,
      results: 42,
      update: 45,
      updated: 46,
      max_read: 51,
      modify: 150,
      modified: 151,
      block: 170,
      check_shutup: 190,
    }),
  )('operation %s is %i', (name, number) => {
    expect(parseWire(GenericCommand.encode({ cmd: 1, op: number }).finish())).toEqual({ cmd: 'conv', op: name });
    expect(parseWire(serialiseWire({ cmd: 'conv', op: name }))).toEqual({ cmd: 'conv', op: name });
  });
});
