/**
 * The package in a realm that has nothing but ECMAScript, and what a test adds to it. Browsers' globals are missing
 * there, Node's too, and its `Uint8Array` is not that of the socket.
 */
import { createContext, runInContext, type Context } from 'node:vm';
import { build } from 'esbuild';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryLimits } from '../../bench/size/limits.js';
import { freshDist } from '../../scripts/checks/packed.js';
import { root } from '../../scripts/checks/tool.js';
import { entries } from '../../scripts/entries.mjs';

const script = async (contents: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    external: ['image-size', 'music-metadata'],
    platform: 'neutral',
    mainFields: ['module', 'main'],
    format: 'iife',
    globalName: 'loaded',
    bundle: true,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
};

const realm = (globals: object = {}): Context => createContext({ ...globals });

const timers = { setTimeout, clearTimeout, setInterval, clearInterval };

/** Logs in, sends a text that needs each length of UTF-8, and reads it back from the history. */
const chat = `
  import { createRealtime, text } from 'rx-realtime';
  import { firstValueFrom } from 'rxjs';
  export const chat = async (options) => {
    const realtime = createRealtime({ appId: 'app', ...options });
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

describe('in a realm with nothing but ECMAScript', () => {
  let server: RtmServer;
  let chatScript = '';
  beforeAll(async () => {
    await freshDist();
    chatScript = await script(chat);
    server = await createServer({ port: 0 });
  }, 60_000);
  afterAll(() => server.close());

  const inRealm = async (globals: object, options: object): Promise<unknown> => {
    const context = realm(globals);
    runInContext(chatScript, context);
    const { chat: run } = runInContext('loaded', context) as { chat(options: object): Promise<unknown> };
    return run({ server: server.url, ...options });
  };

  it.each(entries.filter(({ name }) => (entryLimits[name]?.platform ?? 'browser') === 'browser'))(
    '$specifier loads',
    async ({ specifier }) => {
      const context = realm();
      runInContext(await script(`export * from '${specifier}';`), context);
      expect(runInContext('Object.keys(loaded).length', context)).toBeGreaterThan(0);
      expect(Object.keys(context)).toEqual(['loaded']);
    },
  );

  it('messages go out and come in, if there are timers and a WebSocket', async () => {
    expect(await inRealm(timers, { webSocket: WebSocket })).toBe('a é 世 😀');
    expect(await inRealm({ ...timers, WebSocket }, {})).toBe('a é 世 😀');
  });

  it('messages go out and come in as text too', async () => {
    expect(await inRealm(timers, { webSocket: WebSocket, noBinary: true })).toBe('a é 世 😀');
  });

  it('a realtime says that there is no WebSocket', async () => {
    await expect(inRealm(timers, {})).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      message: expect.stringContaining('no WebSocket') as string,
    });
  });

  it('a router can not be asked, and the error names what is missing', async () => {
    const router = server.url.replace('ws', 'http');
    await expect(inRealm(timers, { webSocket: WebSocket, server: router })).rejects.toMatchObject({
      message: expect.stringMatching(/fetch/) as string,
    });
  });
});
