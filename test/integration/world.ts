/** Tom, Jerry and a server for each test, over real sockets. */
import * as t from 'io-ts';
import { filter, firstValueFrom, lastValueFrom, take, toArray, type Observable } from 'rxjs';
import { afterEach, beforeEach } from 'vitest';
import {
  createRealtime,
  defineMessage,
  type Client,
  type Conversation,
  type Message,
  type OutgoingBody,
  type Realtime,
  type RealtimeOptions,
  type SendOptions,
} from 'rx-realtime';
import { createServer, type RtmServer, type ServerOptions } from 'rx-realtime/server';

/** A message type of the application's own. */
export const Operation = defineMessage({ type: 1, codec: t.type({ op: t.string, count: t.number }) });

/** Collects the first values of a hot stream, from the time of the call. */
export const next = <T>(stream$: Observable<T>, count: number): Promise<T[]> =>
  lastValueFrom(stream$.pipe(take(count), toArray()));

/** Throws. Use it as `value ?? fail()`. */
export const fail = (): never => {
  throw new Error('there should be one more message');
};

export const textOf = ({ body }: Message): string => (body._tag === 'Text' ? body.text : body._tag);

export const sent = (conversation: Conversation, body: OutgoingBody, options?: SendOptions): Promise<Message> =>
  firstValueFrom(conversation.send(body, options));

interface Pair {
  readonly tom: Client;
  readonly jerry: Client;
  /** Tom's handle of their conversation. */
  readonly here: Conversation;
  /** Jerry's handle of the same conversation. */
  readonly there: Conversation;
}

interface World {
  readonly server: () => RtmServer;
  /** The realtimes of this test, in the order of creation. They are closed at its end. */
  readonly realtimes: Realtime[];
  readonly realtime: (options?: Partial<RealtimeOptions>) => Realtime;
  readonly login: (id: string, options?: Partial<RealtimeOptions>) => Promise<Client>;
  /** Tom and Jerry in one conversation. Each has his own realtime. */
  readonly pair: (options?: Partial<RealtimeOptions>) => Promise<Pair>;
}

/** A clock that never gives one time twice. So conversations with messages of one millisecond have an order. */
export const distinctTimes = (): { readonly now: () => number } => {
  let last = 0;
  return { now: () => (last = Math.max(Date.now(), last + 1)) };
};

/** Starts a server with these options before each test of a file, and closes everything after the test. */
export const world = (options: ServerOptions = {}): World => {
  let server: RtmServer;
  const realtimes: Realtime[] = [];
  beforeEach(async () => {
    server = await createServer({ port: 0, ...options });
  });
  afterEach(async () => {
    for (const created of realtimes.splice(0)) created.close();
    await server.close();
  });

  const realtime = (own: Partial<RealtimeOptions> = {}): Realtime => {
    const created = createRealtime({ appId: 'app', server: server.url, messages: [Operation], ...own });
    realtimes.push(created);
    return created;
  };
  const login = (id: string, own?: Partial<RealtimeOptions>): Promise<Client> =>
    firstValueFrom(realtime(own).login(id));
  return {
    server: () => server,
    realtimes,
    realtime,
    login,
    pair: async (own) => {
      const [tom, jerry] = await Promise.all([login('Tom', own), login('Jerry', own)]);
      // Otherwise it may come late, and count among what a test hears.
      const joined = firstValueFrom(jerry.events$.pipe(filter(({ _tag }) => _tag === 'Joined')));
      const here = await firstValueFrom(tom.createConversation({ members: ['Jerry'], name: 'Tom & Jerry' }));
      await joined;
      return { tom, jerry, here, there: jerry.conversation(here.id) };
    },
  };
};
