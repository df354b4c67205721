/** One tool or platform, and how the package is tried with it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { WebSocket } from 'ws';
import { CheckFailed, execute } from '../../../scripts/checks/tool.js';

export interface Trial {
  /** An empty project outside of this one, with the tarball, RxJS and the packages of the tool. */
  readonly directory: string;
  /** The address of a server. */
  readonly server: string;
}

export interface Tool {
  readonly name: string;
  /** Pinned packages. Their install scripts do not run. */
  readonly packages: readonly string[];
  /** Why it can not be tried here. Undefined if it can. */
  readonly missing?: () => string | undefined;
  /** Throws a `CheckFailed`, or gives one line about what was seen. */
  readonly run: (trial: Trial) => Promise<string>;
}

/** Sends one message, reads it back, and gives its text. It needs each length that UTF-8 has. */
export const CHAT = `
import { createRealtime, text } from 'rx-realtime';
import { firstValueFrom } from 'rxjs';

export const chat = async (server) => {
  const realtime = createRealtime({ appId: 'app', server });
  try {
    const tom = await firstValueFrom(realtime.login('Tom'));
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    await firstValueFrom(conversation.send(text('a é 世 😀')));
    const [message] = await firstValueFrom(conversation.history());
    return message.body.text;
  } finally {
    realtime.close();
  }
};
`;

/** All that a client may import, so that a tool has to read every file. */
const EVERYTHING = `
import * as streams from 'rx-realtime/streams';
import * as codecs from 'rx-realtime/codecs';
import * as testing from 'rx-realtime/testing';
import { chat } from './chat.mjs';

globalThis.chat = chat;
globalThis.entries = { streams, codecs, testing };
`;

/** A program for platforms that run files: its output is the text of the message. */
const MAIN = `
import { chat } from './chat.mjs';
console.log(await chat('SERVER'));
`;

export const write = (directory: string, files: Readonly<Record<string, string | object>>): void => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
};

export const writePrograms = ({ directory, server }: Trial): void =>
  write(directory, {
    'chat.mjs': CHAT,
    'everything.mjs': EVERYTHING,
    'main.mjs': MAIN.replace('SERVER', server),
  });

/** The text of the message has come back whole. */
export const expectMessage = (printed: string): void => {
  if (printed.trim() !== 'a é 世 😀') throw new CheckFailed(`a message was expected, but there was: ${printed}`);
};

/** Runs a bundle of `everything.mjs` in a realm that has timers and a WebSocket, and nothing else. */
export const runBundle = async (code: string, server: string): Promise<void> => {
  if (/ws does not work in the browser|node:/.test(code)) throw new CheckFailed('the bundle holds ws');
  const context = createContext({ setTimeout, clearTimeout, setInterval, clearInterval, WebSocket });
  runInContext(code, context);
  expectMessage(await (context as { chat(server: string): Promise<string> }).chat(server));
};

/** Runs a program of the project's packages. */
export const bin = ({ directory }: Trial, name: string, ...args: readonly string[]): Promise<string> =>
  execute(process.execPath, [join(directory, 'node_modules', name), ...args], directory);

export const kilobytes = (code: string): string => `${(code.length / 1_000).toFixed(0)} kB`;
