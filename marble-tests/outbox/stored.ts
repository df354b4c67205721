/** Outboxes in a storage, in virtual time. */
import { NEVER, filter, from, map, of, tap, type Observable } from 'rxjs';
import type { RealtimeError } from '../../src/errors.js';
import { outboxQueue, type Ack, type OutboxOptions } from '../../src/outbox/outbox.js';
import type { OutboxStorage, StoredSend } from '../../src/outbox/outbox-storage.js';
import { ownerOf, storageKeeper, type KeptEntry } from '../../src/outbox/storage-keeper.js';
import { virtualClock } from '../marbles.js';
import { replying, sendingIn, type OutboxStep } from '../replies.js';

export const OWNER = ownerOf('app', 'Tom');
const ack = (uid: string): Ack => ({ cmd: 'ack', ackMessage: { uid, t: 1 } });

export const kept = (token: string, sequence = 1, at = 0): StoredSend => ({
  token,
  conversationId: 'c',
  at,
  sequence,
  body: { data: token },
  options: {},
});

/** An outbox in a storage, what it has written, and what went wrong with the storage. */
export const start = (
  storage: OutboxStorage,
  ready$: Observable<boolean>,
  bounds: OutboxOptions = {},
  until$: Observable<unknown> = NEVER,
  again$: Observable<unknown> = NEVER,
  wrote: (token: string) => void = () => undefined,
) => {
  const faults: RealtimeError[] = [];
  const written: string[] = [];
  const [keeper, kept$] = storageKeeper({
    storage,
    owner: OWNER,
    timeout: 20,
    clock: virtualClock,
    until$,
    again$,
    report: (error) => {
      faults.push(error);
    },
  });
  const [outbox, , restore] = outboxQueue({ bounds, ready$, clock: virtualClock, patience: 1_000, keeper });
  const entry = (token: string, conversationId = 'c', answer$: Observable<Ack> = of(ack(token))): KeptEntry => ({
    conversationId,
    bytes: 1,
    write: replying(
      answer$.pipe(
        tap({
          subscribe: () => {
            written.push(token);
            wrote(token);
          },
        }),
      ),
    ),
    message: { token, conversationId, at: virtualClock.now(), body: { data: token }, options: {} },
  });
  /** What becomes of a message, `A` accepted, `a` acknowledged. */
  const send = (one: KeptEntry): Observable<string> =>
    sendingIn(outbox, one).pipe(map((step: OutboxStep) => (step._tag === 'Accepted' ? 'A' : 'a')));
  const resent: string[] = [];
  const sendAgain = ({ token, conversationId, at }: StoredSend): void => {
    sendingIn(outbox, { ...entry(token, conversationId), age: virtualClock.now() - at }).subscribe({
      next: ({ _tag }) => resent.push(`${token} ${_tag}`),
      error: (error: unknown) => resent.push(`${token} ${String(error)}`),
    });
  };
  restore(
    kept$.pipe(
      filter((messages) => {
        messages.forEach(sendAgain);
        return messages.length === 0;
      }),
    ),
  );
  return { send, entry, written, faults, resent };
};

export const tokens = (storage: OutboxStorage): string[] => {
  const found: unknown[] = [];
  from(storage.load(OWNER)).subscribe((all) => found.push(...all));
  return found.flatMap((one) => (one !== null && typeof one === 'object' && 'token' in one ? [String(one.token)] : []));
};
