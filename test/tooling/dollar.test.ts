/** The lint rule about `$`: streams end in it, functions don't. */
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, snippetProject } from './snippet-project.js';

const IMPORTS = "import { EMPTY, type Observable } from 'rxjs';\n";

describe('the lint rule about $', () => {
  let eslint: ESLint;
  const broken = async (code: string): Promise<readonly string[]> => {
    const [result] = await eslint.lintText(IMPORTS + code, { filePath: 'src/listen.ts' });
    return (result?.messages ?? []).map(({ messageId, message }) => messageId ?? message);
  };
  // The first text makes the compiler read the project, which on a cold disk takes longer than any test may.
  beforeAll(async () => {
    eslint = new ESLint({
      cwd: root,
      overrideConfig: snippetProject,
      ruleFilter: ({ ruleId }) => ruleId === 'rx-realtime/dollar',
    });
    await broken('');
  }, 120_000);

  it.each([
    ['a property', 'export interface A { readonly state: Observable<number> }'],
    ['a constant', 'export const state = EMPTY;'],
    ['a parameter', 'export const of = (state: Observable<number>) => [state];'],
  ])('wants it at the end of %s that is an observable', async (_, code) => {
    expect(await broken(code)).toEqual(['missing']);
  });

  it.each([
    ['a method of an interface', 'export interface A { log$(): Observable<number> }', 'method'],
    ['a method of a class', 'export class A { log$() { return EMPTY; } }', 'method'],
    ['a method of an object', 'export const a = { log$() { return EMPTY; } };', 'method'],
    ['a member that holds a function', 'export const a = { log$: () => EMPTY };', 'method'],
    ['a function', 'export function log$() { return EMPTY; }', 'method'],
    ['a constant that holds a function', 'export const log$ = () => EMPTY;', 'wrong'],
    ['a property of a function type', 'export interface A { readonly log$: () => Observable<number> }', 'wrong'],
  ])('refuses it at the end of %s, whatever that returns', async (_, code, id) => {
    expect(await broken(code)).toEqual([id]);
  });

  it('is content with streams that have it and functions that have not', async () => {
    expect(
      await broken(
        'export const state$ = EMPTY; export interface A { readonly a$: Observable<number>; log(): Observable<number> }',
      ),
    ).toEqual([]);
  });
});
