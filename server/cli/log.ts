/** The log: one line for each event, as JSON or as text. No line shows a secret, and there are only so many lines. */
import pino from 'pino';

export type Level = 'debug' | 'info' | 'warn' | 'error';

/** What a line says beside its text. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Log {
  readonly debug: (text: string, fields?: Fields) => void;
  readonly info: (text: string, fields?: Fields) => void;
  readonly warn: (text: string, fields?: Fields) => void;
  readonly error: (text: string, fields?: Fields) => void;
}

export interface LogOptions {
  readonly level: Level;
  readonly format: 'json' | 'text';
  /** Texts that no line may show. */
  readonly secrets: readonly string[];
  readonly write: (line: string) => void;
  /** The monotonic clock, ms. */
  readonly now: () => number;
}

/** Lines that are written within a period. Of further ones, only the number is. */
const MOST_LINES = 200;
const PERIOD = 10_000;
/** Shorter secrets would be found in words that are none. */
const SHORTEST_SECRET = 4;
/** Characters of a line. */
const LONGEST = 8_192;

const HIDDEN = '[secret]';

/** The forms in which a text may be in a line of JSON or in an address. */
const formsOf = (secret: string): readonly string[] => [
  ...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(Buffer.from(secret).toString())]),
];

/** Leaves secrets out of a text. They should not be there at all; this is for errors of others. */
export const withoutSecrets = (secrets: readonly string[]): ((text: string) => string) => {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap(formsOf)
    // The longest first: one may be a part of another.
    .toSorted((a, b) => b.length - a.length);
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, HIDDEN), text);
};

/** An error as fields. A stack is for those that nobody expects. */
const readable = (value: unknown): unknown =>
  value instanceof Error ? { type: value.name, message: value.message, stack: value.stack } : value;

const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
};

/** Control characters, which could rewrite what a terminal shows; not the ends of lines. */
const CONTROL = /[^\P{Cc}\n]/gu;

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value.replace(CONTROL, '\uFFFD').replaceAll('\n', '\n    ')
    : Array.isArray(value)
      ? value.map(textOf).join('; ')
      : JSON.stringify(value);

/** A line of JSON as people read it. */
const asText = (line: string): string => {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([key, value]) => `\n  ${key}: ${textOf(value)}`);
  return `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${textOf(msg)}${rest.join('')}\n`;
};

export const createLog = ({ level, format, secrets, write, now }: LogOptions): Log => {
  const clean = withoutSecrets(secrets);
  const shown = (text: string): string => {
    const safe = clean(text);
    return safe.length <= LONGEST ? safe : `${safe.slice(0, LONGEST)}…`;
  };
  const lines = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(format === 'json' ? line : asText(line)) },
  );

  let [began, count] = [-Infinity, 0];
  const tell = (at: Level, text: string, fields: Fields = {}): void => {
    if (!lines.isLevelEnabled(at)) return;
    const time = now();
    if (time - began >= PERIOD) {
      if (count > MOST_LINES) lines.warn({ lines: count - MOST_LINES }, 'lines were left out: there were too many');
      [began, count] = [time, 0];
    }
    count += 1;
    if (count <= MOST_LINES)
      lines[at](
        mapTexts(Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, readable(value)])), shown),
        shown(text),
      );
  };

  return {
    debug: (text, fields) => tell('debug', text, fields),
    info: (text, fields) => tell('info', text, fields),
    warn: (text, fields) => tell('warn', text, fields),
    error: (text, fields) => tell('error', text, fields),
  };
};
