/** Plugins: a typing indicator, a profanity mask, and plugins that fail. */
import * as t from 'io-ts';
import { Subject, delay, firstValueFrom, lastValueFrom, map, of, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  createRealtime,
  defineMessage,
  ofType,
  text,
  type Client,
  type Conversation,
  type Message,
  type Plugin,
  log,
} from 'rx-realtime';
import { fail, next, sent, textOf, world } from './world.js';

const { pair, realtime, realtimes, server } = world();

describe('plugins', () => {
  it('P1: add members to realtime, client and conversation, with their types', async () => {
    const typing = defineMessage({ type: 5, codec: t.type({ typing: t.boolean }) });
    /** A typing indicator: a transient message of a type that the plugin defines. */
    const plugin = {
      name: 'typing',
      messages: [typing],
      onRealtime: () => ({ version: 7 }),
      onClient: (client: Client) => ({ typing$: client.messages$.pipe(ofType(typing)) }),
      onConversation: (conversation: Conversation) => ({
        type: () => conversation.send(typing({ typing: true }), { transient: true }),
      }),
    } satisfies Plugin;
    const [one, two] = [1, 2].map(() => createRealtime({ appId: 'app', server: server().url, plugins: [plugin] })) as [
      ReturnType<typeof createRealtime<[typeof plugin]>>,
      ReturnType<typeof createRealtime<[typeof plugin]>>,
    ];
    realtimes.push(one, two);
    expect(one.version).toBe(7);
    const tom = await firstValueFrom(one.login('Tom'));
    const jerry = await firstValueFrom(two.login('Jerry'));
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = next(jerry.typing$, 1);
    await lastValueFrom(here.type());
    expect(await heard).toMatchObject([{ from: 'Tom', transient: true, body: { fields: { typing: true } } }]);
  });

  it('P2 P3: change messages before and after parsing, at once or later, in order, but not own messages', async () => {
    /** A profanity mask. */
    const mask: Plugin = {
      name: 'mask',
      afterParse: (message) =>
        message.body._tag === 'Text' ? { ...message, body: text(message.body.text.replace('dang', 'd***')) } : message,
    };
    const shout: Plugin = {
      name: 'shout',
      beforeParse: ({ msg = '' }) =>
        of({ msg: msg.replace('fast', 'quick') }).pipe(delay(msg.includes('slow') ? 30 : 0)),
      afterParse: (message) =>
        message.body._tag === 'Text'
          ? Promise.resolve({ ...message, id: 'forged', body: text(`${message.body.text}!`) })
          : message,
    };
    const { here, there } = await pair({ plugins: [mask, shout] });
    const heard = next(there.messages$, 3);
    const messages = [
      await sent(here, text('slow dang')),
      await sent(here, text('fast dang')),
      await sent(here, text('end')),
    ];
    expect(messages.map(textOf)).toEqual(['slow dang', 'fast dang', 'end']);
    const received = await heard;
    expect(received.map(textOf)).toEqual(['slow d***!', 'quick d***!', 'end!']);
    expect(received.map(({ id }) => id)).toEqual(messages.map(({ id }) => id));
    expect((await firstValueFrom(there.history())).map(textOf)).toEqual(['slow d***!', 'quick d***!', 'end!']);
    const edited = next(there.modifications$, 1);
    await lastValueFrom(here.edit(messages[2] ?? fail(), text('dang')));
    expect((await edited).map(({ message }) => textOf(message))).toEqual(['d***!']);
  });

  it('keep the order of messages, own ones too, even if they are slow, and the log has all messages', async () => {
    const reading = new Subject<void>();
    const release = new Subject<void>();
    const slow: Plugin = {
      name: 'slow',
      beforeParse: (body) => {
        reading.next();
        return release.pipe(
          take(1),
          map(() => body),
        );
      },
    };
    const { here, there } = await pair({ plugins: [slow] });
    const logged = next(log(there), 2);
    const begun = firstValueFrom(reading);
    await sent(here, text('theirs'));
    await begun;
    await sent(there, text('mine'));
    release.next();
    expect((await logged).map((entry) => (entry._tag === 'Message' ? textOf(entry.message) : entry._tag))).toEqual([
      'theirs',
      'mine',
    ]);
  });

  it('P4: cause a fault with their name if they throw, return a wrong value or never answer', async () => {
    const plugins: Plugin[] = [
      {
        name: 'thrower',
        onClient: () => {
          throw new Error('no client');
        },
        afterParse: () => {
          throw new Error('no message');
        },
      },
      { name: 'liar', afterParse: () => 5 as never },
      { name: 'empty', afterParse: () => [] },
      { name: 'failing', beforeParse: () => throwError(() => new Error('no')) },
      { name: 'sleeper', afterParse: () => new Subject<Message>() },
    ];
    const [one, two] = [realtime({ plugins, pluginTimeout: 50 }), realtime({ plugins, pluginTimeout: 50 })];
    const faults: string[] = [];
    two.faults$.subscribe((fault) =>
      faults.push(fault._tag === 'Plugin' ? `${fault.plugin} ${fault.hook} ${fault.error._tag}` : fault._tag),
    );
    const tom = await firstValueFrom(one.login('Tom'));
    const jerry = await firstValueFrom(two.login('Jerry'));
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = next(jerry.messages$, 1);
    await sent(here, text('hello'));
    expect((await heard).map(textOf)).toEqual(['hello']);
    expect(faults).toEqual([
      'thrower onClient InvalidArgument',
      'failing beforeParse InvalidArgument',
      'thrower afterParse InvalidArgument',
      'liar afterParse InvalidArgument',
      'empty afterParse InvalidArgument',
      'sleeper afterParse InvalidArgument',
    ]);
  });
});
