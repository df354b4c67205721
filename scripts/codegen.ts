/**
 * Generates code from `codecs/proto/rtm.proto`: `npm run codegen`. A test compares the result with the files in the
 * repository. The package itself uses its own table. The code that protobufjs generates is for comparison in tests,
 * and is the limit in the benchmarks.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { pbjs } from 'protobufjs-cli';
import { format, resolveConfig } from 'prettier';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const schema = path('../codecs/proto/rtm.proto');
/** The path of the table. */
export const tableFile: string = path('../codecs/proto/rtm.ts');
/** The path of the code that protobufjs generates. */
export const protobufjsFile: string = path('../bench/proto/rtm.js');

const WIDTH = 110;

/** Breaks words into lines of limited length. */
const wrapped = (words: readonly string[]): string => {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length < WIDTH) lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
};

/** The step from each number to the next; a step of 1 is left out. */
const steps = <A>(
  items: readonly A[],
  first: number,
  numberOf: (item: A) => number,
): readonly (readonly [string, A])[] =>
  items.map((item, index) => {
    const before = items[index - 1];
    const step = numberOf(item) - (before === undefined ? first : numberOf(before));
    return [step === 1 ? '' : String(step), item];
  });

/** The frame's own fields that the schema declares as integers and that hold the numbers of an enumeration. */
const NAMED: ReadonlyMap<string, string> = new Map(Object.entries({ cmd: 'c', op: 'o' }));

const SCALARS: ReadonlyMap<string, string> = new Map(
  Object.entries({ string: 's', int32: 'i', int64: 'l', bool: 'b', bytes: 'y' }),
);

/** Messages that no codec knows. The reader skips them, like fields that the schema doesn't have. */
export const omitted: readonly string[] = [
  'LoginCommand',
  'LoggedinCommand',
  'SystemInfo',
  'DataCommand',
  'RoomCommand',
  'PresenceCommand',
  'ReportCommand',
  'PubsubCommand',
];

/** The table of a message and of all messages that it needs. The message itself is the first. */
const messageTable = (root: protobuf.Type): string => {
  const types: protobuf.Type[] = [root];
  const kindOf = (field: protobuf.Field): string => {
    const scalar = SCALARS.get(field.type);
    const { resolvedType: type } = field.resolve();
    if (type instanceof protobuf.Type) {
      if (!types.includes(type)) types.push(type);
      return String.fromCharCode(65 + types.indexOf(type));
    }
    if (field.repeated && scalar !== 's')
      throw new Error(`${field.fullName}: a list of numbers, which the reader doesn't know`);
    if (scalar !== undefined) return (field.parent === root ? NAMED.get(field.name) : undefined) ?? scalar;
    if (type?.valuesById !== undefined && Object.keys(type.valuesById).join() === '1,2') return 'e';
    throw new Error(`${field.fullName}: a kind that the reader doesn't know`);
  };
  const lines: string[] = [];
  // The loop adds the messages of each type's fields to the list that it iterates.
  for (const type of types) {
    const fields = type.fieldsArray
      .filter((field) => !omitted.includes(field.type))
      .toSorted((one, other) => one.id - other.id);
    const words = steps(fields, 0, ({ id }) => id).map(
      ([step, field]) => `${step}${field.repeated ? '*' : ''}${kindOf(field)}${field.name}`,
    );
    lines.push(wrapped(words));
  }
  if (types.length > 26) throw new Error('more messages than letters');
  return lines.join(';\n');
};

const nameTable = ({ values }: protobuf.Enum): string =>
  wrapped(steps(Object.entries(values), -1, ([, number]) => number).map(([step, [name]]) => `${step}${name}`));

const quoted = (text: string): string => `\`\n${text}\n\``;

/** The table of the schema. */
export const generateTable = async (): Promise<string> => {
  const root = await protobuf.load(schema);
  const names = (name: string): string => quoted(nameTable(root.lookupEnum(name)));
  const code = `// Generated of rtm.proto by \`npm run codegen\`.

/** The messages, as \`parseSchema\` reads them. */
export const messages = ${quoted(messageTable(root.lookupType('GenericCommand')))};

/** The numbers of \`cmd\`, as \`parseSchema\` reads them. */
export const commandTypes = ${names('CommandType')};

/** The numbers of \`op\`, as \`parseSchema\` reads them. */
export const opTypes = ${names('OpType')};
`;
  return format(code, { ...(await resolveConfig(tableFile)), parser: 'typescript' });
};

/**
 * A message that protobufjs decodes has defaults of absent fields on its prototype, empty lists, 64-bit objects and
 * views of the frame. With these changes it has only the present fields, as plain values of its own.
 */
const presentFieldsOnly = (code: string): string =>
  code
    .replaceAll(/^ *\w+\.prototype\.\w+ = .*;\n/gm, '')
    .replaceAll(/^ *this\.\w+ = \[\];\n/gm, '')
    .replaceAll('reader.int64()', '$util.LongBits.from(reader.int64()).toNumber()')
    .replaceAll('reader.bytes()', 'new Uint8Array(reader.bytes())');

/** The code that protobufjs generates, limited to encoding and decoding. */
export const generateProtobufjs = (): Promise<string> =>
  new Promise((resolve, reject) => {
    pbjs.main(
      [
        ['--target', 'static-module'],
        ['--wrap', 'esm'],
        ['--root', 'rx-realtime'],
        [
          '--no-create',
          '--no-verify',
          '--no-convert',
          '--no-delimited',
          '--no-typeurl',
          '--no-service',
          '--no-comments',
        ],
        [schema],
      ].flat(),
      (error, output) => {
        if (error) reject(error);
        else resolve(presentFieldsOnly(output ?? ''));
      },
    );
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(tableFile, await generateTable());
  await writeFile(protobufjsFile, await generateProtobufjs());
}
