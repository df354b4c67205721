/** Chat rooms: a client enters by subscribing. */
import { filter, firstValueFrom, lastValueFrom, map, switchMap, take, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  text,
  where,
  type Client,
  type Clock,
  type RealtimeOptions,
  type Room,
  room,
  findConversations,
  createRoom,
  log,
  timeline,
  unsilence,
  silenced,
  silence,
  block,
} from 'rx-realtime';
import { next, textOf, world } from './world.js';

const { login, realtimes, server } = world();

const inside = (here: Room, count: number): Promise<number> =>
  firstValueFrom(here.online$.pipe(filter((online) => online === count)));

/** Asks the server for the count until it has the wanted value. */
const counted = async (client: Client, id: string, wanted: number): Promise<void> => {
  await expect.poll(() => lastValueFrom(room(client, id).count())).toBe(wanted);
};

/** Closes Jerry's connection, runs `during`, and waits until his session is open again. */
const breakOf = async (jerry: Client, during: () => Promise<unknown>): Promise<void> => {
  realtimes[1]?.pause();
  await during();
  const again = firstValueFrom(jerry.status$.pipe(filter(({ _tag }) => _tag === 'Open')));
  realtimes[1]?.resume();
  realtimes[1]?.retry();
  await again;
};

const both = async (jerrys: Partial<RealtimeOptions> = {}) => {
  const [tom, jerry] = await Promise.all([login('Tom', { grace: 0 }), login('Jerry', { grace: 0, ...jerrys })]);
  const { id } = await firstValueFrom(createRoom(tom, { name: 'Mice', attributes: { topic: 'cheese' } }));
  return { tom, jerry, id };
};

describe('a chat room', () => {
  it('C3 R1: is entered by subscribing and left by unsubscribing; every client in it gets all messages', async () => {
    const { tom, jerry, id } = await both();
    const heard = next(room(jerry, id).messages$, 2);
    await counted(tom, id, 1);
    await lastValueFrom(room(tom, id).send(text('a'), { priority: 'low' }));
    await lastValueFrom(room(tom, id).send(text('b')));
    expect((await heard).map(textOf)).toEqual(['a', 'b']);
    await counted(tom, id, 0);
    expect(await firstValueFrom(room(tom, id).state$)).toMatchObject({
      kind: 'room',
      name: 'Mice',
      attributes: { topic: 'cheese' },
    });
    expect((await firstValueFrom(room(tom, id).state$)).members).toBeUndefined();
  });

  it('R1: shares one lease among all subscriptions, and counts the clients that are online', async () => {
    const { tom, jerry, id } = await both();
    const here = room(jerry, id);
    const [first, second] = [here.messages$.subscribe(), room(jerry, id).events$.subscribe()];
    await counted(tom, id, 1);
    first.unsubscribe();
    const own = room(tom, id).events$.subscribe();
    expect(await inside(room(tom, id), 2)).toBe(2);
    own.unsubscribe();
    second.unsubscribe();
    await counted(tom, id, 0);
  });

  it('R2: has no unread messages, no receipts and no members', async () => {
    const { tom, jerry, id } = await both();
    const heard = next(room(jerry, id).messages$, 1);
    const events: string[] = [];
    jerry.events$.subscribe(({ _tag }) => events.push(_tag));
    await counted(tom, id, 1);
    await lastValueFrom(room(tom, id).send(text('a')));
    await heard;
    await counted(tom, id, 0);
    expect(events.filter((tag) => tag === 'Joined' || tag === 'Left' || tag === 'Receipt')).toEqual([]);
    expect((await firstValueFrom(jerry.unread$)).size).toBe(0);
    await expect(lastValueFrom(room(tom, id).send(text('b'), { receipt: true }))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
    });
  });

  it('R3: is left when the client enters another room, and its streams complete', async () => {
    const { tom, jerry, id } = await both();
    const { id: other } = await firstValueFrom(createRoom(tom));
    const first = lastValueFrom(room(jerry, id).messages$.pipe(toArray()));
    await counted(tom, id, 1);
    const second = next(room(jerry, other).messages$, 1);
    expect(await first).toEqual([]);
    await counted(tom, other, 1);
    await counted(tom, id, 0);
    await lastValueFrom(room(tom, id).send(text('not heard')));
    await lastValueFrom(room(tom, other).send(text('heard')));
    expect((await second).map(textOf)).toEqual(['heard']);
  });

  it('R3: can be changed with switchMap', async () => {
    const { tom, jerry, id } = await both();
    const { id: other } = await firstValueFrom(createRoom(tom));
    const ids = [id, other];
    const heard = lastValueFrom(
      jerry.status$.pipe(
        take(1),
        switchMap(() => ids),
        switchMap((each) => room(jerry, each).messages$),
        take(1),
      ),
    );
    await counted(tom, other, 1);
    await lastValueFrom(room(tom, other).send(text('here')));
    expect(textOf(await heard)).toBe('here');
  });

  it('R4: is entered again after a break, with a gap before new messages; history has the missed ones', async () => {
    const { tom, jerry, id } = await both();
    const here = room(jerry, id);
    const events = next(here.events$.pipe(filter(({ _tag }) => _tag === 'Message' || _tag === 'Gap')), 3);
    await counted(tom, id, 1);
    await lastValueFrom(room(tom, id).send(text('before')));
    await expect.poll(() => lastValueFrom(room(tom, id).history()).then(({ length }) => length)).toBe(1);
    await firstValueFrom(here.history());
    realtimes[1]?.pause();
    await counted(tom, id, 0);
    await lastValueFrom(room(tom, id).send(text('missed')));
    realtimes[1]?.resume();
    realtimes[1]?.retry();
    await counted(tom, id, 1);
    await lastValueFrom(room(tom, id).send(text('after')));
    expect(
      (await events).map((event) =>
        event._tag === 'Message' ? textOf(event.message) : `${event._tag} ${'cause' in event ? event.cause : ''}`,
      ),
    ).toEqual(['before', 'Gap room', 'after']);
    expect((await lastValueFrom(here.history())).map(textOf)).toEqual(['before', 'missed', 'after']);
  });

  it('R4: completes its streams after a break of 30 minutes; a new subscription enters it again', async () => {
    let slept = 0;
    const clock: Clock = { now: () => Date.now(), elapsed: () => performance.now() + slept, after: (ms) => timer(ms) };
    const { tom, jerry, id } = await both({ clock });
    const stay = lastValueFrom(room(jerry, id).messages$.pipe(toArray()));
    await counted(tom, id, 1);
    await breakOf(jerry, async () => {
      await counted(tom, id, 0);
      slept = 30 * 60_000;
    });
    expect(await stay).toEqual([]);
    await counted(tom, id, 0);
    const heard = next(room(jerry, id).messages$, 1);
    await counted(tom, id, 1);
    await lastValueFrom(room(tom, id).send(text('back')));
    expect((await heard).map(textOf)).toEqual(['back']);
  });

  it('is left after a break if it was unsubscribed during the break, and emits nothing', async () => {
    const { tom, jerry, id } = await both();
    const { id: chat } = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const stay = room(jerry, id).messages$.subscribe();
    await counted(tom, id, 1);
    await breakOf(jerry, async () => {
      stay.unsubscribe();
      await counted(tom, id, 0);
    });
    await counted(tom, id, 0);
    const heard = next(jerry.messages$, 1);
    await lastValueFrom(room(tom, id).send(text('not heard')));
    await lastValueFrom(tom.conversation(chat).send(text('heard')));
    expect((await heard).map(textOf)).toEqual(['heard']);
  });

  it('completes its streams when the back end deletes it', async () => {
    const { tom, jerry, id } = await both();
    const stay = lastValueFrom(room(jerry, id).messages$.pipe(toArray()));
    await counted(tom, id, 1);
    await server().backEnd.delete(id);
    expect(await stay).toEqual([]);
  });

  it('R5: is found by a query', async () => {
    const { jerry, id } = await both();
    await firstValueFrom(jerry.createConversation({ members: ['Tom'] }));
    const rooms = await lastValueFrom(
      findConversations(jerry, { where: where.and(where.isRoom, where.equal('topic', 'cheese')) }),
    );
    expect(rooms.map((info) => info.id)).toEqual([id]);
  });

  it('errors its streams if it does not exist, or if the client is blocked', async () => {
    const { tom, jerry, id } = await both();
    await expect(lastValueFrom(room(jerry, '0123').messages$)).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4303,
    });
    const out = lastValueFrom(room(jerry, id).messages$);
    await counted(tom, id, 1);
    void out.catch(() => undefined);
    expect(await lastValueFrom(block(room(tom, id), ['Jerry']))).toEqual({ allowed: ['Jerry'], failed: [] });
    await counted(tom, id, 0);
    await expect(lastValueFrom(room(jerry, id).send(text('x')))).rejects.toMatchObject({ code: 4315 });
    await expect(out).rejects.toMatchObject({ _tag: 'ServerRejected', code: 4315 });
  });

  it('refuses messages of a silenced client', async () => {
    const { tom, jerry, id } = await both();
    await lastValueFrom(silence(room(tom, id), ['Jerry']));
    await expect(lastValueFrom(room(jerry, id).send(text('x')))).rejects.toMatchObject({ code: 4563 });
    await expect(lastValueFrom(silence(room(jerry, id), ['Tom']))).rejects.toMatchObject({ code: 4320 });
    expect(await lastValueFrom(silenced(room(tom, id)))).toEqual({ clientIds: ['Jerry'] });
    await lastValueFrom(unsilence(room(tom, id), ['Jerry']));
    await lastValueFrom(room(jerry, id).send(text('x')));
  });

  it('is entered by its timeline and its log; trackSend ends with sent, because a room knows no receipts', async () => {
    const { tom, jerry, id } = await both();
    const shown = timeline(room(jerry, id)).pipe(
      map(({ entries }) => entries.map((entry) => (entry._tag === 'Message' ? textOf(entry.message) : entry._tag))),
    );
    const subscription = log(room(jerry, id)).subscribe();
    await counted(tom, id, 1);
    subscription.unsubscribe();
    await counted(tom, id, 0);
    const whole = firstValueFrom(shown.pipe(filter(({ length }) => length === 2)));
    await counted(tom, id, 1);
    const steps = room(tom, id)
      .trackSend(text('a'))
      .pipe(
        map(({ _tag }) => _tag),
        toArray(),
      );
    expect(await lastValueFrom(steps)).toEqual(['sending', 'sent']);
    await lastValueFrom(room(tom, id).send(text('b')));
    expect(await whole).toEqual(['a', 'b']);
  });

  it('gives the error of its entry to its timeline', async () => {
    const { tom } = await both();
    await expect(lastValueFrom(timeline(room(tom, 'nowhere')))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4303,
    });
  });
});
