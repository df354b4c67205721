/** A clock that is wrong for a moment, or is set. */
import { describe, expect, it } from 'vitest';
import { loginSignature } from '../../server/signatures.js';
import { steadyClock } from '../../server/clock.js';
import { createMemory } from '../../server/domain/memory/memory.js';
import { dial, login, open, serve, settable, start, say, tokenOf, page } from './raw-client.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_700_000_000_000;

/** A steady clock, whose time and monotonic time pass as the test says. */
const steady = () => {
  const reports: string[] = [];
  let offset = 0;
  let passed = 0;
  const clock = steadyClock({ now: () => NOW + passed + offset, elapsed: () => passed }, (error) =>
    reports.push(String(error)),
  );
  return {
    reports,
    now: () => clock.now() - NOW,
    set: (ahead: number) => (offset = ahead),
    pass: (ms: number) => (passed += ms),
  };
};

/** A clock that jumps when the test sets it: time does not pass meanwhile. */
const jumping = () => {
  const { now, set } = settable(NOW);
  return { now, set, elapsed: () => 0 };
};

describe('the clock of messages', () => {
  it('goes with the clock, also by small steps ahead', () => {
    const { now, set, pass, reports } = steady();
    expect(now()).toBe(0);
    pass(5);
    expect(now()).toBe(5);
    set(29 * 60_000);
    expect(now()).toBe(1_740_005);
    expect(reports).toEqual([]);
  });

  it('does not follow a jump ahead of some readings, and reports it once', () => {
    const { now, set, pass, reports } = steady();
    now();
    set(7 * HOUR);
    for (let n = 1; n <= 5; n += 1) {
      pass(1_000);
      expect(now()).toBe(n * 1_000);
    }
    set(0);
    pass(1_000);
    expect(now()).toBe(6_000);
    expect(reports).toEqual([expect.stringContaining('set ahead')]);
  });

  it('believes a jump ahead that lasts for a minute', () => {
    const { now, set, pass } = steady();
    now();
    set(7 * HOUR);
    now();
    pass(59_999);
    expect(now()).toBe(59_999);
    pass(1);
    expect(now()).toBe(60_000 + 7 * HOUR);
  });

  it('never goes back: it is slower until the clock agrees again', () => {
    const { now, set, pass, reports } = steady();
    now();
    set(-3 * HOUR);
    expect(now()).toBe(0);
    pass(2 * HOUR);
    expect(now()).toBe(HOUR);
    pass(4 * HOUR);
    expect(now()).toBe(3 * HOUR);
    pass(HOUR);
    expect(now()).toBe(4 * HOUR);
    expect(reports).toEqual([expect.stringContaining('set back')]);
  });
});

describe('a server whose clock is wrong for a moment', () => {
  const there = async () => {
    const clock = jumping();
    const server = await serve({ clock, masterKey: 'key', onError: () => undefined });
    let n = 0;
    const logIn = async (clientId: string) => {
      const [timestamp, nonce] = [NOW, String((n += 1))];
      const s = loginSignature('key', { appId: 'app', clientId, timestamp, nonce });
      const client = await dial(server.url);
      return { client, answer: await open(client, clientId, { t: timestamp, n: nonce, s }) };
    };
    return { clock, server, logIn };
  };

  it.each([7 * HOUR, 48 * HOUR, 200 * DAY, -3 * HOUR])('by %i ms: everything goes on as before', async (ahead) => {
    const { clock, server, logIn } = await there();
    const tom = await logIn('Tom');
    const cid = await start(tom.client, ['Jerry']);
    await say(tom.client, cid, { msg: 'one' });
    clock.set(NOW + ahead);
    // Whatever the answer is: for this moment, the conversation may seem to have ended long ago.
    await tom.client.request({ cmd: 'direct', directMessage: { cid, msg: 'two' } });
    await tom.client.request({ cmd: 'logs', logsMessage: { cid } });
    await logIn('Butch');
    clock.set(NOW);
    const { timestamp } = await say(tom.client, cid, { msg: 'three' });
    expect(timestamp).toBeLessThan(NOW + 60_000);
    expect(await page(tom.client, cid)).toEqual(ahead > 180 * DAY ? ['one', 'three'] : ['one', 'two', 'three']);
    expect((await logIn('Jerry')).answer).toMatchObject({ op: 'opened' });
    const resumed = await open(await dial(server.url), 'Tom', { r: true, st: tokenOf(tom.answer) });
    expect(resumed).toMatchObject({ op: 'opened' });
  });

  it('does not forget which signatures were used, and whose were ended', async () => {
    const { clock, server, logIn } = await there();
    const signed = {
      t: NOW,
      n: 'once',
      s: loginSignature('key', { appId: 'app', clientId: 'Tom', timestamp: NOW, nonce: 'once' }),
    };
    expect(await open(await dial(server.url), 'Tom', signed)).toMatchObject({ op: 'opened' });
    await server.kick('Spike');
    clock.set(NOW + 13 * HOUR);
    await logIn('Jerry');
    await server.kick('Butch');
    clock.set(NOW);
    expect(await open(await dial(server.url), 'Tom', signed)).toMatchObject({ errorMessage: { code: 4102 } });
    expect((await logIn('Spike')).answer).toMatchObject({ errorMessage: { code: 4102 } });
    // A kick during that moment ends the signatures that were made until then, not those of the next hours.
    clock.set(NOW + 60_000);
    const t = NOW + 60_000;
    const later = {
      t,
      n: 'x',
      s: loginSignature('key', { appId: 'app', clientId: 'Butch', timestamp: t, nonce: 'x' }),
    };
    expect(await open(await dial(server.url), 'Butch', later)).toMatchObject({ op: 'opened' });
  });

  it('counts rates as before', async () => {
    const clock = jumping();
    const server = await serve({ clock, limits: { sendsPerMinute: 2 }, onError: () => undefined });
    const tom = await login(server, 'Tom');
    const cid = await start(tom, ['Jerry']);
    clock.set(NOW + 7 * HOUR);
    await say(tom, cid, { msg: 'one' });
    clock.set(NOW);
    await say(tom, cid, { msg: 'two' });
    clock.set(NOW + 30_000);
    await say(tom, cid, { msg: 'three' });
  });
});

it('nothing is deleted from memory because the clock is wrong for a moment', () => {
  let time = NOW;
  const ids = ['one', 'two'][Symbol.iterator]();
  const memory = createMemory({
    now: () => time,
    settled: () => NOW,
    newConversationId: () => ids.next().value ?? '',
    newMessageId: () => 'm',
  });
  const { info } = memory.createConversation({
    kind: 'ordinary',
    members: ['Tom'],
    attributes: {},
    unique: false,
    now: NOW, // prettier-ignore
  });
  memory.say({
    conversationId: info.id,
    from: 'Tom',
    msg: 'x',
    receipt: false,
    mentions: [],
    mentionsAll: false,
    now: NOW,
  });
  time = NOW + 200 * DAY;
  expect(memory.conversations([info.id])).toEqual([]);
  time = NOW;
  expect(memory.history({ conversationId: info.id, direction: 'old', limit: 9 })).toHaveLength(1);
});
