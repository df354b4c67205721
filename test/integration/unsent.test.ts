/** Messages that are not sent: they stay in view, wait over restarts, and are sent again or given up. */
import { Subject, filter, firstValueFrom, map, tap, throwError, toArray, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createOutbox,
  binary,
  discard,
  file,
  memoryOutbox,
  resend,
  text,
  timeline,
  upload,
  type Client,
  type Conversation,
  type OutboxStorage,
  type Realtime,
  type Timeline,
} from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { layCable } from '../../tour/cable.js';
import { sent, textOf, world } from './world.js';

const { pair, login, realtime, realtimes, server } = world();

const short = ({ entries }: Timeline): string =>
  entries
    .map((entry) => {
      if (entry._tag === 'Message') return textOf(entry.message);
      if (entry._tag === 'Gap') return '~';
      const { body, progress, error } = entry;
      const name = body._tag === 'Upload' ? body.file.name : body._tag === 'Text' ? body.text : '';
      return `(${name ?? ''}${progress === undefined ? '' : ` ${progress * 100}%`}${error === undefined ? '' : '!'})`;
    })
    .join(' ');

const shown = (conversation: Conversation, wanted: string): Promise<string> =>
  firstValueFrom(
    timeline(conversation).pipe(
      map(short),
      filter((now) => now === wanted),
    ),
  );

/** What a view shows at once when it is opened. */
const atOnce = (conversation: Conversation): Promise<string> => firstValueFrom(timeline(conversation).pipe(map(short)));

const unsent = async (conversation: Conversation): Promise<string> => {
  const { entries } = await firstValueFrom(timeline(conversation));
  return entries.flatMap((entry) => (entry._tag === 'Pending' ? [entry.token] : []))[0] ?? '';
};

const outcome = (command$: Observable<unknown>): Promise<string> =>
  firstValueFrom(command$).then(
    () => 'sent',
    (error: unknown) => (error instanceof Error ? error.name : ''),
  );

const statusOf = (client: Client, tag: string): Promise<unknown> =>
  firstValueFrom(client.status$.pipe(filter(({ _tag }) => _tag === tag)));

const own = (): Realtime => realtimes[0] ?? realtime();

describe('a view that is opened again without a connection', () => {
  it('shows the history that was loaded, and the messages that wait', async () => {
    const { tom, here } = await pair({ outbox: createOutbox() });
    await sent(here, text('a'));
    const other = await firstValueFrom(tom.createConversation({ members: ['Spike'] }));
    await shown(here, 'a');
    own().pause();
    const waiting = [text('b'), text('c')].map((body) => outcome(here.send(body)));
    expect(await atOnce(here)).toBe('a (b) (c)');
    expect(await atOnce(other)).toBe('');
    expect(await atOnce(here)).toBe('a (b) (c)');
    own().resume();
    own().retry();
    expect(await Promise.all(waiting)).toEqual(['sent', 'sent']);
    await shown(here, 'a b c');
  });
});

describe('a message that has failed', () => {
  it('stays in its conversation until it is sent again, with the body that it had', async () => {
    const { here, there } = await pair();
    own().pause();
    const bytes = new Uint8Array([1, 2]);
    const send$ = here.send(binary(bytes), { mentions: ['Jerry'] });
    expect(await outcome(send$)).toBe('ConnectionLost');
    bytes.fill(9);
    expect(await atOnce(here)).toBe('(!)');
    const token = await unsent(here);
    expect(await outcome(resend(here, token))).toBe('ConnectionLost');
    own().resume();
    own().retry();
    await firstValueFrom(own().state$.pipe(filter(({ _tag }) => _tag === 'Connected')));
    const arrived = firstValueFrom(there.messages$);
    await expect.poll(() => outcome(resend(here, token))).toBe('sent');
    expect(await arrived).toMatchObject({ body: { bytes: new Uint8Array([1, 2]) }, mentions: ['Jerry'] });
    await shown(here, 'Binary');
    expect(await outcome(resend(here, token))).toBe('InvalidArgument');
  });

  it('stays with its file if the upload fails; it is uploaded again with the bytes that it had, then sent', async () => {
    const stored: unknown[] = [];
    const answers = [
      new Subject<{ readonly progress: number }>(),
      new Subject<{ readonly progress: number } | { readonly url: string }>(),
    ] as const;
    const { here, there } = await pair({
      upload: ({ data }) => {
        stored.push(data);
        return answers[stored.length === 1 ? 0 : 1];
      },
    });
    const bytes = new Uint8Array([1, 2]);
    const first = outcome(here.send(upload({ data: bytes, name: 'a.bin' }, file)));
    await shown(here, '(a.bin 0%)');
    answers[0].next({ progress: 0.5 });
    await shown(here, '(a.bin 50%)');
    const token = await unsent(here);
    expect(await outcome(resend(here, token))).toBe('InvalidArgument');
    answers[0].error(new Error('no network'));
    await first;
    bytes.fill(9);
    await shown(here, '(a.bin!)');
    const again = outcome(resend(here, token));
    await shown(here, '(a.bin 0%)');
    const arrived = firstValueFrom(there.messages$);
    answers[1].next({ url: 'https://example.com/a.bin' });
    expect(await again).toBe('sent');
    expect(await arrived).toMatchObject({ body: { _tag: 'File', file: { url: 'https://example.com/a.bin' } } });
    await shown(here, 'File');
    expect(stored).toEqual([new Uint8Array([1, 2]), new Uint8Array([1, 2])]);
  });

  it('is given up with its upload, while that runs and after it has failed', async () => {
    let aborted = 0;
    const never = new Subject<never>();
    let store: () => Observable<never> = () => never;
    const { here } = await pair({
      upload: (_, { signal }) => {
        signal?.addEventListener('abort', () => (aborted += 1));
        return store();
      },
    });
    const running = outcome(here.send(upload({ data: new Uint8Array([1]), name: 'a' }, file)));
    await shown(here, '(a 0%)');
    await firstValueFrom(discard(here, await unsent(here)));
    expect([await running, aborted]).toEqual(['Discarded', 1]);
    expect(await atOnce(here)).toBe('');
    store = () => throwError(() => new Error('full'));
    await outcome(here.send(upload({ data: new Uint8Array([1]), name: 'b' }, file)));
    expect(await atOnce(here)).toBe('(b!)');
    await firstValueFrom(discard(here, await unsent(here)));
    expect(await atOnce(here)).toBe('');
  });

  it('can be discarded when its file is stored, but a slow storage has not stored the message', async () => {
    const slow = new Subject<never>();
    const storage: OutboxStorage = { load: () => [[]], put: () => slow, remove: () => [] };
    const { here } = await pair({
      outbox: createOutbox({ storage }),
      upload: () => [{ url: 'https://example.com/a' }],
    });
    const sending = outcome(here.send(upload({ data: new Uint8Array([1]) }, file)));
    await shown(here, '()');
    const discarding = firstValueFrom(discard(here, await unsent(here)));
    expect(await sending).toBe('Discarded');
    slow.complete();
    await discarding;
    expect(await atOnce(here)).toBe('');
  });

  it('is sent again once, and can be discarded, while a slow storage has not stored it again', async () => {
    let puts = 0;
    const stored = new Subject<never>();
    const storage: OutboxStorage = {
      load: () => [[]],
      put: () => {
        puts += 1;
        return puts === 1 ? throwError(() => new Error('full')) : stored;
      },
      remove: () => [],
    };
    const { here } = await pair({ outbox: createOutbox({ storage }) });
    expect(await outcome(here.send(text('a')))).toBe('StorageFailed');
    await shown(here, '(a!)');
    const token = await unsent(here);
    const again = outcome(resend(here, token));
    expect(await atOnce(here)).toBe('(a)');
    expect(await outcome(resend(here, token))).toBe('InvalidArgument');
    const discarding = firstValueFrom(discard(here, token));
    expect(await again).toBe('Discarded');
    stored.complete();
    await discarding;
    await sent(here, text('b'));
    await shown(here, 'b');
  });

  it('is gone when it is discarded', async () => {
    const { here } = await pair();
    await shown(here, '');
    own().pause();
    expect(await outcome(here.send(text('a')))).toBe('ConnectionLost');
    const token = await unsent(here);
    await firstValueFrom(discard(here, token));
    expect(await atOnce(here)).toBe('');
    expect(await outcome(discard(here, token))).toBe('InvalidArgument');
  });
});

describe('a message that waits in the outbox', () => {
  it('is sent as it was at the moment of its send', async () => {
    const { here, there } = await pair({ outbox: createOutbox() });
    const arrived = firstValueFrom(there.messages$.pipe(filter(({ body }) => body._tag === 'Binary')));
    own().pause();
    const bytes = new Uint8Array([1, 2]);
    const mentions = ['Jerry'];
    const sending = outcome(here.send(binary(bytes), { mentions }));
    bytes.fill(9);
    mentions[0] = 'Spike';
    own().resume();
    own().retry();
    expect(await sending).toBe('sent');
    expect(await arrived).toMatchObject({ body: { bytes: new Uint8Array([1, 2]) }, mentions: ['Jerry'] });
  });

  it('is withdrawn when it is discarded; its send says so', async () => {
    const storage = memoryOutbox();
    const { tom, here } = await pair({ outbox: createOutbox({ storage }) });
    own().pause();
    const sending = outcome(here.send(text('a')));
    await shown(here, '(a)');
    await firstValueFrom(discard(here, await unsent(here)));
    expect(await sending).toBe('Discarded');
    expect(await atOnce(here)).toBe('');
    expect((await firstValueFrom(tom.outbox$.pipe(filter(({ size }) => size === 0)))).size).toBe(0);
    expect(await firstValueFrom(storage.load('app/Tom') as Observable<unknown>)).toEqual([]);
  });
});

describe('a discard', () => {
  /** A message waits in a storage that does not answer when it is told to remove it. */
  const discarded = async () => {
    const removed = new Subject<never>();
    const storage: OutboxStorage = { load: () => [[]], put: () => [], remove: () => removed };
    const { here } = await pair({ outbox: createOutbox({ storage }) });
    own().pause();
    const sending = outcome(here.send(text('a')));
    await shown(here, '(a)');
    const told: string[] = [];
    const discarding = outcome(discard(here, await unsent(here)).pipe(tap(() => told.push('gone'))));
    expect([await sending, await atOnce(here), told]).toEqual(['Discarded', '', []]);
    return { removed, discarding };
  };

  it('takes the message from views at once, and emits when the storage has removed it: no later login sends it', async () => {
    const { removed, discarding } = await discarded();
    removed.complete();
    expect(await discarding).toBe('sent');
  });

  it('errors if the storage can not remove the message', async () => {
    const { removed, discarding } = await discarded();
    removed.error(new Error('the disk is gone'));
    expect(await discarding).toBe('StorageFailed');
  });
});

describe('a login with offline', () => {
  it('shows what a storage has kept and takes new messages; all are sent when the server is there', async () => {
    const cable = await layCable(server().url);
    onTestFinished(() => cable.close());
    const storage = memoryOutbox();
    const options = { server: cable.url, outbox: createOutbox({ storage }), backoff: () => 10 };
    const { id } = await firstValueFrom((await login('Jerry')).createConversation({ members: ['Tom'] }));
    const before = realtime(options);
    const tom = await firstValueFrom(before.login('Tom'));
    await cable.cut();
    await statusOf(tom, 'Reopening');
    tom
      .conversation(id)
      .send(text('a'))
      .subscribe({ error: () => undefined });
    await shown(tom.conversation(id), '(a)');
    before.close();

    // The page is loaded again, and the server is still away.
    const again = realtime(options);
    expect(await outcome(again.login('Tom'))).toBe('ConnectionLost');
    const client = await firstValueFrom(again.login('Tom', { offline: true }));
    expect(await firstValueFrom(client.status$)).toEqual({ _tag: 'Reopening' });
    expect([...(await firstValueFrom(client.outbox$)).values()].map(({ body }) => body)).toEqual([text('a')]);
    expect(await outcome(client.fetchConversation(id))).toBe('ConnectionLost');
    const conversation = client.conversation(id);
    const sending = outcome(conversation.send(text('b')));
    expect(await atOnce(conversation)).toBe('(a) (b)');
    await cable.mend();
    await statusOf(client, 'Open');
    expect(await sending).toBe('sent');
    await shown(conversation, 'a b');
    expect(await firstValueFrom(again.session('Tom').pipe(map((same) => same === client)))).toBe(true);
  });

  it('tries again if the first login fails, and reports it; a client that is refused for good is closed', async () => {
    let isWelcome = false;
    const strict = await createServer({ port: 0, verifyLogin: () => isWelcome });
    onTestFinished(() => strict.close());
    const own = realtime({ server: strict.url, backoff: () => 10 });
    const fault = firstValueFrom(own.faults$);
    const client = await firstValueFrom(own.login('Tom', { offline: true }));
    expect(await fault).toMatchObject({ _tag: 'Session', clientId: 'Tom', error: { _tag: 'ServerRejected' } });
    isWelcome = true;
    await statusOf(client, 'Open');

    const foreign = await createServer({ port: 0, appId: 'other' });
    onTestFinished(() => foreign.close());
    const refused = await firstValueFrom(realtime({ server: foreign.url }).login('Tom', { offline: true }));
    expect(await statusOf(refused, 'Closed')).toMatchObject({ code: 4100 });
  });

  it('gives the client to other logins only when it is open', async () => {
    const cable = await layCable(server().url);
    onTestFinished(() => cable.close());
    await cable.cut();
    const own = realtime({ server: cable.url, backoff: () => 10 });
    const client = await firstValueFrom(own.login('Tom', { offline: true }));
    const opened = firstValueFrom(
      own.session('Tom').pipe(
        tap((same) => {
          expect(same).toBe(client);
        }),
      ),
    ).then((same) => firstValueFrom(same.status$));
    await cable.mend();
    expect(await opened).toEqual({ _tag: 'Open' });
  });
});

describe('a client that has logged out', () => {
  it('shows nothing of its user any more, at once, also to late subscribers; the next login is a new client', async () => {
    const { tom, here, there } = await pair();
    await sent(here, text('b'), { receipt: true });
    await firstValueFrom(here.receipts$.pipe(filter(({ deliveredAt }) => deliveredAt !== undefined)));
    await sent(there, text('a'));
    await firstValueFrom(tom.totalUnread$.pipe(filter(({ count }) => count === 1)));
    const last = <T>(stream$: Observable<T>): { value: T | undefined; isOver: boolean } => {
      const seen: { value: T | undefined; isOver: boolean } = { value: undefined, isOver: false };
      stream$.subscribe({ next: (value) => (seen.value = value), complete: () => (seen.isOver = true) });
      return seen;
    };
    const streams = (): readonly { readonly value: unknown; readonly isOver: boolean }[] => [
      last(tom.unread$.pipe(map(({ size }) => size))),
      last(tom.totalUnread$.pipe(map(({ count }) => count))),
      last(here.unread$.pipe(map(({ count }) => count))),
      last(here.members$.pipe(map(({ size }) => size))),
      last(here.receipts$.pipe(map((receipts) => Object.keys(receipts).length))),
      last(timeline(here).pipe(map(short))),
    ];
    const watched = streams();
    await shown(here, 'b a');
    const closing = firstValueFrom(tom.close().pipe(toArray()));
    const nothing = [0, 0, 0, 0, 0, ''].map((value) => ({ value, isOver: true }));
    expect(watched).toEqual(nothing);
    expect(streams()).toEqual(nothing);
    const next = await firstValueFrom(own().login('Tom'));
    expect(next).not.toBe(tom);
    expect(await closing).toEqual([undefined]);
    await statusOf(next, 'Open');
  });
});
