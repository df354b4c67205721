/** The growth suite knows every public function, stream and command. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { uncovered } from '../../bench/growth/covered.js';
import { exponentOf } from '../../bench/growth/fit.js';
import { subjects } from '../../bench/growth/subjects.js';
import { boundsOf } from '../../server/handlers/bounds.js';
import { defaultLimits } from '../../server/options.js';
import { memoryStore } from '../../server/store/memory.js';
import * as root from '../../src/index.js';
import * as streams from '../../streams/index.js';

/** The functions of an entry. Errors and types of messages are values, or classes. */
const functionsOf = (prefix: string, entry: object): readonly string[] =>
  Object.entries(entry)
    .filter(([, value]) => typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value)))
    .map(([name]) => `${prefix}.${name}`);

const report = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../api/${name}.api.md`, import.meta.url)), 'utf8');

/** The members of a public interface, from the report of the API. */
const membersOf = (prefix: string, text: string, name: string): readonly string[] => {
  const body = new RegExp(`export interface ${name}\\b[^{]*\\{\\n([^]*?)\\n\\}`).exec(text)?.[1] ?? '';
  return [...body.matchAll(/^ {4}(?:readonly )?([a-z]\w*\$?)(?=[(<:?])/gm)].map(([, member]) => `${prefix}.${member}`);
};

const publicNames = (): readonly string[] => {
  const [client, server] = [report('rx-realtime'), report('server')];
  return [
    ...functionsOf('root', root),
    ...functionsOf('streams', streams),
    ...membersOf('client', client, 'Client'),
    ...membersOf('conversation', client, 'Conversation'),
    ...membersOf('room', client, 'Room'),
    ...membersOf('realtime', client, 'Realtime'),
    ...membersOf('backEnd', server, 'BackEnd'),
    ...functionsOf('store', memoryStore({ whileSwept: () => () => undefined })).filter(
      (name) => name !== 'store.close',
    ),
    ...Object.keys(boundsOf(defaultLimits)).map((kind) => `handler.${kind}`),
  ];
};

const known = new Set([...subjects.flatMap(({ covers }) => covers), ...uncovered.flatMap(({ names }) => names)]);

describe('the growth suite', () => {
  it('has a subject, or a reason, for each public function, stream, command and handler', () => {
    const names = publicNames();
    for (const prefix of ['client', 'conversation', 'room', 'realtime', 'backEnd', 'handler', 'store'])
      expect(names.some((name) => name.startsWith(`${prefix}.`))).toBe(true);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('has a name for each subject once', () => {
    const names = subjects.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('fits 1 to what is linear, and 2 to a square', () => {
    const sizes = [100, 1_000, 10_000];
    expect(exponentOf(sizes.map((size) => ({ size, us: 3 * size })))).toBeCloseTo(1);
    expect(exponentOf(sizes.map((size) => ({ size, us: size ** 2 })))).toBeCloseTo(2);
  });
});
