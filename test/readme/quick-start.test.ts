import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entries } from '../../scripts/entries.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const directory = `${root}.cache/readme/`;

/** A TypeScript block of a README. */
const block = async (readme: string, index: number): Promise<string> => {
  const found = [...(await readFile(`${root}${readme}`, 'utf8')).matchAll(/```ts\n([\s\S]*?)```/g)][index]?.[1];
  if (found === undefined) throw new Error(`${readme} has no block ${String(index)} of TypeScript`);
  return found;
};
const quickStart = (readme: string): Promise<string> => block(readme, 0);

/** What the examples of messages take for granted. */
const CONTEXT = `
import * as t from 'io-ts';
import { TextType, audio, createRealtime, defineMessage, image, ofType, sendStatus, text, upload, uploadTo, where } from 'rx-realtime';
import type { Observable } from 'rxjs';
import { cloudLimits, createServer } from 'rx-realtime/server';
import type { Client, Conversation, ConversationInfo, ConversationListItem, MembershipFailure, Message, MessageStatus, SendProgress } from 'rx-realtime';
declare const appId: string;
declare const client: Client;
declare const conversation: Conversation;
declare const scrolledDown$: Observable<void>;
declare const render: (items: readonly ConversationListItem[]) => void;
declare const show: (infos: readonly ConversationInfo[]) => void;
declare const explain: (failed: readonly MembershipFailure[]) => void;
declare const note: (what: string, members: readonly string[], by: string | undefined) => void;
declare const roomId: string;
declare const fly: (text: string) => void;
declare const online: { set(count: number): void };
declare const message: Message;
declare const input: { readonly files: [File] };
declare const masterKey: string;
declare const userIdOf: (sessionToken: string) => Promise<string | undefined>;
declare const notify: (clientIds: readonly string[], message: unknown, pushData: unknown) => void;
declare const showProgress: (progress: SendProgress) => void;
declare const showTick: (status: MessageStatus) => void;
declare const apply: (op: string) => void;
declare const store: (page: readonly Message[]) => void;
export const use = () => [realtime, server, bullets];
`;

/** What the examples of logs, outboxes and overload take for granted. */
const HOLDING = `
import { atLeastOnce, createRealtime, type Client, type Conversation, type LogEntry, type Message, type Position, type Realtime, type Room, type TimelineEntry } from 'rx-realtime';
import { fileOutbox } from 'rx-realtime/node';
import { consume, danmaku, lossless } from 'rx-realtime/streams';
import { animationFrames, type Observable } from 'rxjs';
declare const appId: string;
declare const server: string;
declare const realtime: Realtime;
declare const client: Client;
declare const conversation: Conversation;
declare const room: Room;
declare const storedPosition: Position;
declare const scrolledUp$: Observable<void>;
declare const archive: (entry: LogEntry) => Promise<void>;
declare const store: (position: Position) => Promise<void>;
declare const insert: (message: Message) => Promise<void>;
declare const render: (entries: readonly TimelineEntry[]) => void;
declare const fly: (comments: readonly Message[]) => void;
`;

const file = `${directory}quick-start.ts`;
const examples = ['README.md', 'README.zh-CN.md'].flatMap((readme) => [
  { readme, file: `${directory}${readme}.ts`, context: CONTEXT, blocks: [4, 1, 2] },
  { readme, file: `${directory}${readme}.holding.ts`, context: HOLDING, blocks: [3] },
]);

describe('the quick start of the README', () => {
  beforeAll(async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(file, await quickStart('README.md'));
    for (const { readme, file: path, context, blocks } of examples) {
      const code = await Promise.all(blocks.map((index) => block(readme, index)));
      await writeFile(path, context + code.join(''));
    }
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('compiles, and so do the examples of messages, against the types of this package, as strictly as the package itself', () => {
    const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(
      {
        ...config.compilerOptions,
        paths: Object.fromEntries(entries.map(({ specifier, source }) => [specifier, [`./${source}`]])),
      },
      root,
    );
    const files = [file, ...examples.map((example) => example.file)];
    const program = ts.createProgram(files, options);
    const problems = ts.getPreEmitDiagnostics(program).filter((diagnostic) => files.includes(diagnostic.file?.fileName ?? ''));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 60_000);

  it('S4: prints what the README says it prints', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    expect(log.mock.calls).toEqual([['Tom: Wake up, mouse!']]);
    log.mockRestore();
  });

  it('is the same in both languages, but for the comments', async () => {
    const code = async (readme: string): Promise<string> => (await quickStart(readme)).replace(/^\s*\/\/.*\n/gm, '');
    expect(await code('README.zh-CN.md')).toBe(await code('README.md'));
  });
});
