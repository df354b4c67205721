/**
 * A store that answers late, and fails before or after it has done its work: what was acknowledged reaches every
 * receiver once and in order, in both versions of the published client and in ours.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { IMClient, Message as PublishedMessage } from 'leancloud-realtime';
import { firstValueFrom, retry } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRealtime, text, type Client } from 'rx-realtime';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { StoreFailed, wrapped, type Call } from '../server/faulty-store.js';
import { places, type Place } from './places.js';
import { publishedRealtime, versions, type Version } from './published.js';

const numbersOf = (seed: number): (() => number) => {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
};

const EACH = 8;
/** How many times a message is sent again. */
const TRIES = 30;

const faultyServer = async (open: Place['open'], seed: number) => {
  const { store: inner, end } = await open();
  const next = numbersOf(seed);
  let isFaulty = false;
  const wait = async (): Promise<void> => {
    for (let turns = Math.floor(next() * 6); turns > 0; turns -= 1) await turn();
  };
  const errors: unknown[] = [];
  const store = wrapped(inner, async (call: Call, run) => {
    if (!isFaulty) return run();
    await wait();
    const chance = next();
    if (chance < 0.08) throw new StoreFailed(`${call}: not done`);
    const result = await run();
    await wait();
    if (chance < 0.16) throw new StoreFailed(`${call}: done`);
    return result;
  });
  const server = await createServer({
    store,
    onError: (error) => {
      if (!(error instanceof StoreFailed)) errors.push(error);
    },
  });
  return {
    server,
    inner,
    end,
    errors,
    fail: (yes: boolean) => {
      isFaulty = yes;
    },
  };
};

const publishedLogin = async (server: RtmServer, version: Version, id: string): Promise<IMClient> => {
  const realtime = publishedRealtime({ ...version, noBinary: false, isSecure: false }, server);
  const client = await realtime.createIMClient(id);
  onTestFinished(async () => {
    await client.close().catch(() => undefined);
  });
  return client;
};

const ownLogin = (server: RtmServer, id: string): Promise<Client> => {
  const realtime = createRealtime({ appId: 'app', server: server.url });
  onTestFinished(() => {
    realtime.close();
  });
  return firstValueFrom(realtime.login(id));
};

const textOf = (message: PublishedMessage): string => (message as PublishedMessage & { getText(): string }).getText();

describe.each(places)('a store that fails before or after its work, and answers late, $place', ({ open }) => {
  it.each([1, 2])('loses and doubles nothing that was acknowledged, and keeps the order (seed %i)', async (seed) => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { server, inner, end, errors, fail } = await faultyServer(open, seed);
    onTestFinished(async () => {
      await server.close();
      await end();
    });
    const [older, newer] = versions;
    const [ann, bob] = [await publishedLogin(server, older, 'ann'), await publishedLogin(server, newer, 'bob')];
    const [cid, dan] = [await ownLogin(server, 'cid'), await ownLogin(server, 'dan')];
    const group = await ann.createConversation({ members: ['bob', 'cid', 'dan'], unique: false });
    const heard: Record<'ann' | 'bob' | 'cid' | 'dan', string[]> = { ann: [], bob: [], cid: [], dan: [] };
    for (const [client, list] of [
      [ann, heard.ann],
      [bob, heard.bob],
    ] as const)
      client.on('message', (message: PublishedMessage) => {
        list.push(textOf(message));
      });
    for (const [client, list] of [
      [cid, heard.cid],
      [dan, heard.dan],
    ] as const)
      client.messages$.subscribe(({ body }) => list.push(body._tag === 'Text' ? body.text : body._tag));
    const theirs = await bob.getConversation(group.id);
    const acknowledged: string[] = [];

    const publishedSends = async (
      name: string,
      { sdk }: Version,
      send: (message: PublishedMessage) => Promise<unknown>,
    ): Promise<void> => {
      for (let n = 0; n < EACH; n += 1) {
        const message = new sdk.TextMessage(`${name}${n}`);
        for (let tries = 0; tries < TRIES; tries += 1) {
          try {
            await send(message);
            acknowledged.push(`${name}${n}`);
            break;
          } catch {
            // It is sent again, as the same message.
          }
        }
      }
    };
    const ownSends = async (name: string, client: Client): Promise<void> => {
      const conversation = client.conversation(group.id);
      for (let n = 0; n < EACH; n += 1) {
        await firstValueFrom(conversation.send(text(`${name}${n}`)).pipe(retry(TRIES)));
        acknowledged.push(`${name}${n}`);
      }
    };

    fail(true);
    await Promise.all([
      publishedSends('ann', older, (message) => group.send(message)),
      publishedSends('bob', newer, (message) => theirs.send(message)),
      ownSends('cid', cid),
      ownSends('dan', dan),
    ]);
    fail(false);
    // One more message ends whatever has no known outcome yet.
    await server.backEnd.send(group.id, { body: text('end') });
    for (const list of Object.values(heard)) await expect.poll(() => list.at(-1)).toBe('end');

    const stored = (await inner.history({ conversationId: group.id, direction: 'new', limit: 1_000 })).map(
      ({ msg = '' }) => (JSON.parse(msg) as { readonly _lctext: string })._lctext,
    );
    expect(acknowledged.filter((each) => stored.filter((other) => other === each).length !== 1)).toEqual([]);
    expect(acknowledged).toHaveLength(4 * EACH);
    for (const [name, list] of Object.entries(heard))
      expect(list, name).toEqual(stored.filter((each) => !each.startsWith(name)));
    expect(errors).toEqual([]);
  });
});
