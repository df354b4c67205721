/** Message types and send options. Titles begin with the id of the feature in docs/features.md. */
import * as t from 'io-ts';
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  audio,
  binary,
  defineMessage,
  file,
  image,
  location,
  ofType,
  plain,
  text,
  video,
  type Fault,
  type Message,
  type OutgoingBody,
  type SendOptions,
} from 'rx-realtime';
import { next, Operation, sent, world } from './world.js';

const { login, pair, realtimes } = world();

describe('types', () => {
  const bodies: readonly OutgoingBody[] = [
    text('hello', { mood: 'playful' }),
    image('https://example.com/a.png', { text: 'a', attributes: { n: 1 } }),
    audio({ url: 'https://example.com/a.mp3', objId: 'o', metaData: { duration: 3.5 } }),
    video('https://example.com/a.mp4'),
    file({ url: 'https://example.com/a.pdf', metaData: { name: 'a.pdf', size: 5 } }),
    location({ latitude: 31.2, longitude: 121.5 }, { text: 'here' }),
    Operation({ op: 'add', count: 2 }, { attributes: { a: null } }),
    binary(new Uint8Array([0, 1, 254, 255])),
    plain('just words'),
    plain('{"any":"JSON"}'),
    plain('{"_lctype":77,"x":1}'),
  ];

  it('M1 M2 M3 M4 M5: each arrives as it was sent, live and in history', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, bodies.length);
    for (const body of bodies) await sent(here, body);
    const expected = [...bodies.slice(0, -1), { _tag: 'Unknown', type: 77, raw: '{"_lctype":77,"x":1}' }];
    expect((await heard).map(({ body }) => body)).toEqual(expected);
    expect((await firstValueFrom(there.history())).map(({ body }) => body)).toEqual(expected);
  });

  it('M6: the receiver can distinguish them, unknown types included', async () => {
    const { here, there } = await pair();
    const operations = next(there.messages$.pipe(ofType(Operation)), 1);
    const faults: Fault[] = [];
    realtimes[1]?.faults$.subscribe((fault) => faults.push(fault));
    const broken = next(there.messages$, 2);
    await sent(here, plain('{"_lctype":1,"op":5}'));
    await sent(here, Operation({ op: 'add', count: 1 }));
    const [{ body }] = (await operations) as [Message<ReturnType<typeof Operation>>];
    expect([body.fields.op, body.fields.count]).toEqual(['add', 1]);
    expect((await broken)[0]?.body).toMatchObject({ _tag: 'Invalid', type: 1, raw: '{"_lctype":1,"op":5}' });
    expect(faults).toMatchObject([{ _tag: 'Body', error: { path: 'op' } }]);
  });

  it('M5: two types with one number are refused at login', async () => {
    const twin = defineMessage({ type: 1, codec: t.type({}) });
    await expect(login('Tom', { messages: [Operation, twin] })).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      what: expect.stringContaining('the number 1') as string,
    });
  });
});

describe('send options', () => {
  it('M9: mentions of single clients and of all clients, also in the unread count', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 3);
    await sent(here, text('a'), { mentions: ['Spike'] });
    await sent(here, text('b'), { mentions: ['Jerry'] });
    expect(await firstValueFrom(there.unread$.pipe(filter(({ mentioned }) => mentioned)))).toEqual({
      count: 2,
      mentioned: true,
    });
    await sent(here, text('c'), { mentionsAll: true });
    expect((await heard).map(({ mentioned, mentions, mentionsAll }) => [mentioned, mentions, mentionsAll])).toEqual([
      [false, ['Spike'], false],
      [true, ['Jerry'], false],
      [true, [], true],
    ]);
  });

  it('M8: a transient message arrives, does not count, and is not in history', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    await sent(here, text('typing'), { transient: true });
    expect(await heard).toMatchObject([{ transient: true }]);
    expect(await firstValueFrom(there.unread$)).toEqual({ count: 0, mentioned: false });
    expect(await firstValueFrom(there.history())).toEqual([]);
  });

  it.each<[SendOptions, string]>([
    [{ receipt: true, transient: true }, 'receipts'],
    [{ receipt: true, will: true }, 'receipts'],
    [{ priority: 'high' }, 'chat rooms'],
    [{ pushData: { alert: 'x' }, transient: true }, 'pushed'],
    [{ pushData: [] as never }, 'JSON object'],
    [{ mentions: [''] }, 'client ids'],
    [{ pushData: { alert: 'x'.repeat(5_200) } }, '5120 bytes'],
  ])('M7 M12: %j is refused before anything is sent', async (options, words) => {
    const { here } = await pair();
    await expect(lastValueFrom(here.send(text('x'), options))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      what: expect.stringContaining(words) as string,
    });
  });
});
