/** The disk of a server is full: what can't be stored is refused, nothing is damaged, and it goes on with more room. */
import * as t from 'io-ts';
import { either as E } from 'fp-ts';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRealtime, text, type Conversation, type Message } from 'rx-realtime';
import { bundled } from './bundle.js';
import { remove, temporaryDirectory } from './temporary.js';
import './worker-file.js';

/** Runs a command with a small file system of its own at the directory, which nobody else sees. */
const unshare = ['--mount', '--map-root-user', 'sh', '-c', 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"'];
const canMount = spawnSync('unshare', [...unshare, '/mnt', 'true']).status === 0;

const Ended = t.type({ failures: t.number, ids: t.array(t.string) });

const said = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => {
      reject(new Error('the server has ended'));
    });
  });

const ask = async (child: ChildProcess, what: string): Promise<void> => {
  const answer = said(child);
  child.send(what);
  expect(await answer).toBe(what);
};

/** Each text is as long as a page of the database, so that each message needs room. */
const send = (conversation: Conversation, line: string): Promise<Message> =>
  firstValueFrom(conversation.send(text(line.padEnd(4_096, '.'))));

// It needs Linux, and the right to mount.
describe.skipIf(!canMount)('a server in SQLite whose disk is full', () => {
  it('refuses what it can not store with 4200, loses and damages nothing, and goes on when there is room', async () => {
    const place = await temporaryDirectory();
    const program = bundled('test/store/full-child.ts', 'full-child');
    const child = spawn('unshare', [...unshare, place, process.execPath, program, place], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    onTestFinished(async () => {
      child.kill();
      await remove(place);
    });
    const realtime = createRealtime({ appId: 'app', server: String(await said(child)) });
    onTestFinished(() => {
      realtime.close();
    });
    const tom = await firstValueFrom(realtime.login('Tom'));
    const conversation = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const stored = [(await send(conversation, 'there is room')).id];

    await ask(child, 'fill');
    let refused = 0;
    for (let n = 0; refused < 3; n += 1)
      try {
        stored.push((await send(conversation, `there may be room ${n}`)).id);
      } catch (error) {
        expect(error).toMatchObject({ _tag: 'ServerRejected', code: 4200 });
        refused += 1;
      }
    // What is stored can still be read.
    expect((await firstValueFrom(conversation.history({ limit: 100 }))).length).toBe(stored.length);

    await ask(child, 'free');
    stored.push((await send(conversation, 'there is room again')).id);
    realtime.close();
    await ask(child, 'end');
    const ended = Ended.decode(await said(child));
    if (E.isLeft(ended)) throw new Error('the server said something else');
    expect(ended.right.ids).toEqual(stored);
    expect(ended.right.failures).toBe(refused);
  }, 60_000);
});
