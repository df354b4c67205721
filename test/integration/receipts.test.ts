/** The status of messages, receipts, and unread counts. */
import { EMPTY, filter, firstValueFrom, lastValueFrom, mergeMap, switchMap, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { sendStatus, text, type Conversation, memberReceipts } from 'rx-realtime';
import { next, sent, world } from './world.js';

const { login, pair } = world();

describe('status and receipts', () => {
  it('M10 M11 M16: a tracked message goes through sending, sent, delivered and read', async () => {
    const { here, there } = await pair();
    const statuses: string[] = [];
    const done = lastValueFrom(
      here.trackSend(text('Are you there?')).pipe(
        sendStatus(),
        mergeMap(({ _tag }) => {
          statuses.push(_tag);
          return _tag === 'delivered' ? there.read() : EMPTY;
        }),
      ),
      { defaultValue: undefined },
    );
    await firstValueFrom(there.messages$);
    await done;
    expect(statuses).toEqual(['none', 'sending', 'sent', 'delivered', 'read']);
    expect(await firstValueFrom(here.receipts$)).toEqual({
      deliveredAt: expect.any(Number) as number,
      readAt: expect.any(Number) as number,
    });
  });

  it('M16: the status of an earlier message follows its receipts', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 1);
    const message = await sent(here, text('x'), { receipt: true });
    const statuses = lastValueFrom(here.messageStatus(message).pipe(toArray()));
    await heard;
    there.read({ upTo: message }).subscribe();
    expect((await statuses).map(({ _tag }) => _tag).at(-1)).toBe('read');
  });

  it('M16: a failure is a value that says whether the message may have arrived', async () => {
    const { here } = await pair();
    const failed = (send$: ReturnType<Conversation['trackSend']>) => lastValueFrom(send$.pipe(sendStatus()));
    expect(await failed(here.trackSend(text('x'), { mentions: [''] }))).toMatchObject({
      _tag: 'failed',
      failure: 'never-left',
    });
    const stranger = await login('Spike');
    expect(await failed(stranger.conversation(here.id).trackSend(text('x')))).toMatchObject({
      _tag: 'failed',
      failure: 'rejected',
      error: { code: 4401 },
    });
  });

  it('M10 M11: receipts can be fetched, for all members together or for each member', async () => {
    const [tom, jerry] = await Promise.all([login('Tom'), login('Jerry')]);
    const here = await firstValueFrom(tom.createConversation({ members: ['Jerry', 'Spike'] }));
    const there = jerry.conversation(here.id);
    const heard = next(there.messages$, 1);
    await sent(here, text('x'));
    await heard;
    await lastValueFrom(there.read());
    const readers = await firstValueFrom(
      timer(0, 50).pipe(
        switchMap(() => memberReceipts(here)),
        filter((members) => members.get('Jerry')?.readAt !== undefined),
      ),
    );
    expect([...readers.keys()]).toEqual(['Jerry']);
    const receipts = await firstValueFrom(here.fetchReceipts());
    expect(receipts).toEqual({ deliveredAt: expect.any(Number) as number, readAt: expect.any(Number) as number });
    expect(await firstValueFrom(here.receipts$)).toEqual(receipts);
  });
});

describe('unread', () => {
  it('M13 M14: is counted for each conversation and in total; read({ upTo }) applies to all devices', async () => {
    const { tom, here, jerry, there } = await pair();
    const phone = await login('Jerry');
    const other = await firstValueFrom(tom.createConversation({ members: ['Jerry'] }));
    const heard = next(jerry.messages$, 4);
    const [first] = [await sent(here, text('1')), await sent(here, text('2')), await sent(here, text('3'))];
    await sent(other, text('4'));
    await heard;
    expect(await firstValueFrom(jerry.totalUnread$)).toEqual({ count: 4, mentioned: false });
    const onPhone = firstValueFrom(phone.conversation(here.id).unread$.pipe(filter(({ count }) => count === 2)));
    const answered = firstValueFrom(jerry.events$.pipe(filter(({ _tag }) => _tag === 'UnreadCounts')));
    there.read({ upTo: first }).subscribe();
    // At once, and when the server has answered.
    expect(await firstValueFrom(jerry.totalUnread$)).toEqual({ count: 3, mentioned: false });
    await onPhone;
    await answered;
    expect(await firstValueFrom(there.unread$)).toEqual({ count: 2, mentioned: false });
    expect(
      [...(await firstValueFrom(phone.unread$.pipe(filter((all) => all.get(here.id)?.count === 2)))).keys()].sort(),
    ).toEqual([here.id, other.id].sort());
  });

  it('M18: goes down when an unread message is recalled', async () => {
    const { here, there } = await pair();
    const heard = next(there.messages$, 2);
    const [message] = [await sent(here, text('1')), await sent(here, text('2'))];
    await heard;
    const counted = firstValueFrom(there.unread$.pipe(filter(({ count }) => count === 1)));
    await lastValueFrom(here.recall(message));
    expect(await counted).toEqual({ count: 1, mentioned: false });
  });
});
