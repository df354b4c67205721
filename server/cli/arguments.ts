/** Reads the arguments of the command line, into options as a file of settings has them. */
import { parseArgs } from 'node:util';
import { commandLine, insteadOf, type Argument, type OptionName } from './options.js';

export interface Arguments {
  /** The options, as they would be in a file. Nothing of their values is checked. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly config: string | undefined;
  readonly wantsHelp: boolean;
  /** What is wrong, a line each. No value is shown: it may be a secret in the wrong place. */
  readonly mistakes: readonly string[];
}

const byName: ReadonlyMap<string, readonly [OptionName, Argument]> = new Map(
  (Object.entries(commandLine) as [OptionName, Argument][]).map(([key, argument]) => [argument.name, [key, argument]]),
);

const known = Object.fromEntries([
  ...[...byName].map(([name, [, { value }]]) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]),
  ['config', { type: 'string' }],
  ['help', { type: 'boolean', short: 'h' }],
]) as Record<string, { type: 'boolean' | 'string'; short?: string }>;

const NUMBERS: ReadonlySet<string> = new Set<OptionName>(['port', 'metricsPort', 'drain']);

/** The number that a text is; else the text, which its codec refuses. */
const numberIn = (text: string): number | string => (/^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text);

/** The parts before and behind the first `=`; the second one is undefined if there is none. */
const pairIn = (text: string): readonly [string, string?] => {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** `cloud`, and `members=1000`, as they are in a file. */
const limitsIn = (texts: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    texts.map((text) => {
      const [name, number] = pairIn(text);
      return number === undefined ? ['preset', name] : [name, numberIn(number)];
    }),
  );

/** `historyDays=30`, and `room.historyDays=1`, as they are in a file. */
const keepIn = (texts: readonly string[]): Readonly<Record<string, unknown>> => {
  const all = new Map<string, unknown>();
  const ofKind = new Map<string, Map<string, unknown>>();
  for (const text of texts) {
    const [name, number = ''] = pairIn(text);
    const [first = '', ...rest] = name.split('.');
    if (rest.length === 0) all.set(first, numberIn(number));
    else ofKind.set(first, (ofKind.get(first) ?? new Map<string, unknown>()).set(rest.join('.'), numberIn(number)));
  }
  return Object.fromEntries([
    ...all,
    ...[...ofKind].map(([kind, limits]) => [kind, Object.fromEntries(limits)] as const),
  ]);
};

const valueOf = (key: OptionName, { value, isRepeated }: Argument, texts: readonly string[]): unknown => {
  if (value === undefined) return true;
  if (key === 'limits') return limitsIn(texts);
  if (key === 'keep') return keepIn(texts);
  const last = texts.at(-1) ?? '';
  return isRepeated === true ? texts : NUMBERS.has(key) ? numberIn(last) : last;
};

export const readArguments = (argv: readonly string[]): Arguments => {
  const { tokens } = parseArgs({
    args: [...argv],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const mistakes: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      mistakes.push(`argument ${token.index + 1} belongs to no option`);
      continue;
    }
    const { name, rawName, value, inlineValue } = token;
    const type = Object.hasOwn(known, name) ? known[name]?.type : undefined;
    if (type === undefined)
      mistakes.push(
        `${rawName}: ${(Object.hasOwn(insteadOf, name) ? insteadOf[name] : undefined) ?? 'there is no such option'}`,
      );
    else if (type === 'boolean' && value !== undefined) mistakes.push(`${rawName}: it stands alone, without a value`);
    else if (type === 'string' && (value === undefined || (!inlineValue && value.startsWith('-'))))
      mistakes.push(`${rawName}: it needs a value`);
    else given.set(name, [...(given.get(name) ?? []), value ?? '']);
  }
  return {
    options: Object.fromEntries(
      [...byName].flatMap(([name, [key, argument]]) => {
        const texts = given.get(name);
        return texts === undefined ? [] : [[key, valueOf(key, argument, texts)]];
      }),
    ),
    config: given.get('config')?.at(-1),
    wantsHelp: given.has('help'),
    mistakes,
  };
};
