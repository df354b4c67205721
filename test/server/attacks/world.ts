/** A server, a stranger who attacks it, and two clients that continue to talk without any effect. */
import { expect } from 'vitest';
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { login, say, serve, start, type RawClient, type Received, codeOf as refusalOf } from '../raw-client.js';

export type Request = Parameters<RawClient['request']>[0];

export const error = (code: number): object => ({ cmd: 'error', errorMessage: { code } });
export const codeOf = (answer: Received): number | string => refusalOf(answer) ?? answer.cmd;
export const attr = (json: string) => ({ attr: { data: json } });
export const find = (where: string, rest: object = {}): Request => ({
  cmd: 'conv',
  op: 'query',
  convMessage: { where: { data: where }, ...rest },
});

/** The time limit for one exchange between the two talking clients, in ms. */
const SOON = 5_000;

/** Two clients that talk: during an attack they hear each other in order, quickly, and hear nothing else. */
export const bystanders = async (server: RtmServer) => {
  const [nibbles, tyke] = [await login(server, 'Nibbles'), await login(server, 'Tyke')];
  const cid = await start(nibbles, ['Tyke']);
  await tyke.settle();
  tyke.inbox.length = 0;
  let said = 0;
  const exchange = async (): Promise<void> => {
    const before = performance.now();
    const msg = String((said += 1));
    await say(nibbles, cid, { msg });
    expect((await tyke.push('direct')).directMessage).toMatchObject({ msg });
    expect(performance.now() - before).toBeLessThan(SOON);
  };
  return async <T>(attack: () => Promise<T>): Promise<T> => {
    const attacked = attack();
    const attacking = { isOver: false };
    const over = (): void => {
      attacking.isOver = true;
    };
    void attacked.then(over, over);
    do await exchange();
    while (!attacking.isOver);
    const result = await attacked;
    await exchange();
    await Promise.all([nibbles.settle(), tyke.settle()]);
    expect([...nibbles.inbox, ...tyke.inbox]).toEqual([]);
    return result;
  };
};

/** A server with the two talking clients, and Spike, a stranger to all conversations. */
export const world = async (options: ServerOptions = {}) => {
  const faults: unknown[] = [];
  const server = await serve({ onError: (fault) => faults.push(fault), ...options });
  const undisturbed = await bystanders(server);
  return { server, undisturbed, faults, spike: await login(server, 'Spike') };
};
