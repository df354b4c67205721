/** The log of `serve`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog, type Level, type Log, type LogOptions } from '../../server/cli/log.js';

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

const logInto = (options: Partial<LogOptions> = {}): { readonly log: Log; readonly lines: string[] } => {
  const lines: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    secrets: [],
    write: (line) => lines.push(line),
    now: () => 0,
    ...options,
  });
  return { log, lines };
};
const parsed = (lines: readonly string[]): readonly Line[] => lines.map((line) => JSON.parse(line) as Line);

describe('the log', () => {
  it('is lines of JSON, with a level, a time and a text', () => {
    const { log, lines } = logInto();
    log.info('listening', { url: 'ws://h:1', on: ['TLS'] });
    log.error('something failed', { error: new TypeError('no') });
    expect(parsed(lines)).toMatchObject([
      { level: 'info', msg: 'listening', url: 'ws://h:1', on: ['TLS'] },
      { level: 'error', msg: 'something failed', error: { type: 'TypeError', message: 'no' } },
    ]);
    expect(lines.every((line) => line.endsWith('\n') && line.trimEnd().split('\n').length === 1)).toBe(true);
    expect(Date.parse(parsed(lines)[0]?.time ?? '')).not.toBeNaN();
  });

  it('is text for people in a terminal', () => {
    const { log, lines } = logInto({ format: 'text' });
    log.warn('refused', { codes: { 4102: 1 }, open: ['a', 'b'] });
    expect(lines.join('').replace(/^\S+/, 'TIME')).toBe('TIME warn  refused\n  codes: {"4102":1}\n  open: a; b\n');
  });

  it('does not let a text of others write to a terminal what it likes', () => {
    const { log, lines } = logInto({ format: 'text' });
    log.error('failed', { error: new Error('\u001b[2J\r\nTIME info  all is well') });
    expect(lines.join('')).not.toMatch(/[^\P{Cc}\n]/u);
    expect(lines.join('')).not.toMatch(/^TIME info/m);
  });

  it.each<[Level, readonly string[]]>([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ])('has lines from a level on: %s', (level, expected) => {
    const { log, lines } = logInto({ level });
    for (const at of ['debug', 'info', 'warn', 'error'] as const) log[at]('a');
    expect(parsed(lines).map((line) => line.level)).toEqual(expected);
  });

  it('takes only so many lines in a time, and says how many it left out', () => {
    let time = 0;
    const { log, lines } = logInto({ now: () => time });
    for (let count = 0; count < 1_000; count += 1) log.error('again');
    expect(lines).toHaveLength(200);
    time = 10_000;
    log.info('later');
    expect(parsed(lines).slice(200)).toMatchObject([{ level: 'warn', lines: 800 }, { msg: 'later' }]);
  });

  it('does not count lines that its level leaves out', () => {
    const { log, lines } = logInto({ level: 'error' });
    for (let count = 0; count < 1_000; count += 1) log.info('quiet');
    log.error('loud');
    expect(lines).toHaveLength(1);
  });

  it('cuts texts that are too long', () => {
    const { log, lines } = logInto();
    log.error('a'.repeat(100_000), { error: new Error('b'.repeat(100_000)) });
    expect(lines.join('').length).toBeLessThan(30_000);
  });

  it('shows no secret, wherever it comes from', () => {
    const secret = fc
      .string({ minLength: 6, maxLength: 30, unit: 'grapheme' })
      .filter((text) => /[^\s"\\]{4}/.test(text));
    fc.assert(
      fc.property(secret, secret, fc.constantFrom('json', 'text'), (one, two, format) => {
        const { log, lines } = logInto({ format, secrets: [one, two] });
        log.info(`with ${one}`, { [`field`]: two, deep: [{ at: `postgres://u:${encodeURIComponent(one)}@h` }] });
        log.error('failed', { error: new Error(`no ${one}`, { cause: two }), count: 1 });
        const shown = lines.join('');
        for (const text of [one, two])
          for (const form of [text, JSON.stringify(text).slice(1, -1)])
            if (!'listening with failed field deep postgres://u: @h error type message stack'.includes(form))
              expect(shown.includes(form)).toBe(false);
      }),
    );
  });
});
