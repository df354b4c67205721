import { describe, expect, it } from 'vitest';
import {
  AckSent,
  ConvResults,
  SessionClosedCommand,
  SessionOpened,
  type ClientCommand,
  type ServerCommand,
} from '../../codecs/index.js';
import type { AnswerKind, RequestOptions } from '../../src/connection/connection.js';
import { createRequests } from '../../src/connection/requests.js';
import { CommandTimeout, ConnectionLost, ServerRejected, SessionClosed, Unconfirmed } from '../../src/errors.js';
import { marbles, virtualClock } from '../marbles.js';
import { requestOf } from '../replies.js';

const LOGOUT: ClientCommand = { cmd: 'session', op: 'close', peerId: 'Tom' };
const ack = (change: Partial<Extract<ServerCommand, { cmd: 'ack' }>['ackMessage']> = {}): ServerCommand => ({
  cmd: 'ack',
  ackMessage: { uid: 'm', t: 1, ...change },
});

/** Requests of 5 ms each, and how long their answers took. */
const start = (problem?: string) => {
  const took: number[] = [];
  const written: (number | undefined)[] = [];
  const requests = createRequests({
    write: ({ i }) => {
      written.push(i);
      return problem;
    },
    timeout: 5,
    clock: virtualClock,
    answered: (ms) => took.push(ms),
  });
  return { requests, request: requestOf(requests), took, written };
};

describe('a socket that throws when it is written to', () => {
  it('fails the request, and nothing of the request stays', () => {
    const broken = new Error('the socket is odd');
    const requests = createRequests({
      write: () => {
        throw broken;
      },
      timeout: 5,
      clock: virtualClock,
    });
    const failures: unknown[] = [];
    const withdraw = requests.ask(LOGOUT, SessionClosedCommand, {
      answered: () => undefined,
      failed: (error) => failures.push(error),
    });
    withdraw();
    expect(failures).toMatchObject([{ _tag: 'InvalidArgument', cause: broken }]);
    expect(requests.size()).toBe(0);
  });
});

/** What comes of a request that is answered so after 2 ms. */
const answered = (answer: ServerCommand, kind: AnswerKind<ServerCommand> = AckSent): unknown => {
  const outcome: unknown[] = [];
  const { requests, request, took } = start();
  marbles(({ flush }) => {
    request(LOGOUT, kind, {}).subscribe({
      next: (value) => outcome.push(value),
      error: (error: unknown) => outcome.push(error),
    });
    virtualClock.after(2).subscribe(() => requests.settle(1, answer));
    flush();
  });
  expect(took).toEqual([2]);
  expect(requests.size()).toBe(0);
  return outcome[0];
};

const failing = (options: RequestOptions): unknown => {
  let failure: unknown;
  const { requests, request } = start();
  request(LOGOUT, SessionClosedCommand, options).subscribe({
    error: (error: unknown) => {
      failure = error;
    },
  });
  requests.failAll('the cable was cut');
  return failure;
};

describe('a request', () => {
  it('emits the answer that has its serial number', () => {
    expect(answered(ack())).toEqual(ack());
    expect(start().requests.settle(1, ack())).toBe(false);
  });

  it('fails with everything that an error command says', () => {
    const errorMessage = { code: 4401, reason: 'INVALID_MESSAGING_TARGET', detail: 'no', appCode: 7 };
    expect(answered({ cmd: 'error', errorMessage })).toEqual(
      new ServerRejected(4401, 'INVALID_MESSAGING_TARGET', 'no', 7),
    );
  });

  it('fails if the acknowledgement has a code, with or without a reason', () => {
    expect(answered(ack({ code: 4305, appMsg: 'hook', appCode: 3 }))).toEqual(
      new ServerRejected(4305, 'MESSAGE_REJECTED', 'hook', 3),
    );
    expect(answered(ack({ code: 4305, reason: 'NO' }))).toEqual(new ServerRejected(4305, 'NO'));
  });

  it('fails if the server closes the session instead of opening it; for a logout, that is the answer', () => {
    const closed: ServerCommand = {
      cmd: 'session',
      op: 'closed',
      sessionMessage: { code: 4103, reason: 'INVALID_LOGIN', detail: 'who?' },
    };
    expect(answered(closed, SessionOpened)).toEqual(new ServerRejected(4103, 'INVALID_LOGIN', 'who?'));
    expect(answered({ cmd: 'session', op: 'closed' }, SessionOpened)).toEqual(new ServerRejected(0, 'SESSION_CLOSED'));
    expect(answered(closed, SessionClosedCommand)).toEqual(closed);
  });

  it('fails with DecodeFailed if the answer is of another kind', () => {
    expect(answered(ack(), ConvResults)).toMatchObject({ _tag: 'DecodeFailed', expected: ConvResults.name });
    expect(answered({ cmd: 'session', op: 'refreshed', sessionMessage: { st: 't', stTtl: 1 } })).toMatchObject({
      _tag: 'DecodeFailed',
      preview: expect.stringContaining('session/refreshed') as string,
    });
  });

  it('fails with the name of its command after its time limit; waits forever without a limit', () => {
    marbles(({ expectObservable }) => {
      const { request } = start();
      expectObservable(request(LOGOUT, SessionClosedCommand, {})).toBe(
        '-----#',
        undefined,
        new CommandTimeout('session/close', 5),
      );
      expectObservable(request(LOGOUT, SessionClosedCommand, { isUnlimited: true })).toBe('-');
    });
  });

  it('fails at once if it can not be written; if the connection breaks, it is lost, or unconfirmed if it changes something', () => {
    marbles(({ expectObservable }) => {
      const { request } = start('no socket');
      expectObservable(request(LOGOUT, SessionClosedCommand, {})).toBe('#', undefined, new ConnectionLost('no socket'));
    });
    expect(failing({ effectful: true })).toEqual(new Unconfirmed('session/close'));
    expect(failing({})).toEqual(new ConnectionLost('the cable was cut'));
  });

  it('has its own serial number, and is removed when it is unsubscribed', () => {
    const { requests, request, written } = start();
    const first = request(LOGOUT, SessionClosedCommand, { isUnlimited: true }).subscribe();
    request(LOGOUT, SessionClosedCommand, { isUnlimited: true }).subscribe();
    expect([written, requests.size()]).toEqual([[1, 2], 2]);
    first.unsubscribe();
    expect(requests.size()).toBe(1);
  });

  it('calls `late` once with an answer that comes too late, and never with a refusal', () => {
    marbles(({ flush }) => {
      const heard: unknown[] = [];
      const { requests, request } = start();
      const options = { late: (answer: unknown) => heard.push(answer) };
      const answer = (after: number, i: number, command: ServerCommand): void => {
        virtualClock.after(after).subscribe(() => heard.push(requests.settle(i, command)));
      };
      request(LOGOUT, AckSent, options).subscribe({ error: () => heard.push('timeout') });
      request(LOGOUT, AckSent, { ...options, isUnlimited: true })
        .subscribe()
        .unsubscribe();
      request(LOGOUT, AckSent, options).subscribe({ error: () => undefined });
      expect(requests.size()).toBe(2);
      answer(1, 2, ack({ uid: 'given up' }));
      answer(2, 3, ack({ uid: 'in time' }));
      answer(2, 3, ack({ uid: 'in time' }));
      answer(6, 1, ack({ uid: 'too late' }));
      answer(6, 1, ack({ uid: 'too late' }));
      request(LOGOUT, AckSent, options).subscribe().unsubscribe();
      request(LOGOUT, AckSent, options).subscribe().unsubscribe();
      answer(7, 4, ack({ code: 4305 }));
      answer(7, 5, { cmd: 'echo' });
      flush();
      expect(heard).toEqual([
        ack({ uid: 'given up' }),
        true,
        true,
        false,
        'timeout',
        ack({ uid: 'too late' }),
        true,
        false,
        true,
        true,
      ]);
    });
  });

  it('never calls `late` if the request was not written or the connection broke; keeps at most 1,000 callbacks', () => {
    const heard: unknown[] = [];
    const options: RequestOptions = { isUnlimited: true, late: (answer) => heard.push(answer) };
    const { requests: unwritten, request: write } = start('no socket');
    write(LOGOUT, AckSent, options).subscribe({ error: () => undefined });
    expect(unwritten.settle(1, ack())).toBe(false);

    const { requests, request } = start();
    request(LOGOUT, AckSent, options).subscribe({ error: () => undefined });
    request(LOGOUT, AckSent, options).subscribe().unsubscribe();
    requests.failAll('the cable was cut');
    expect([requests.settle(1, ack()), requests.settle(2, ack())]).toEqual([false, false]);

    for (let count = 0; count < 1_001; count += 1) request(LOGOUT, AckSent, options).subscribe().unsubscribe();
    expect([requests.settle(3, ack()), requests.settle(4, ack()), requests.settle(1_003, ack())]).toEqual([
      false,
      true,
      true,
    ]);
    expect(heard).toEqual([ack(), ack()]);
  });

  it('of a client fails with the error of its end; those of others wait on', () => {
    const { requests } = start();
    const [tom, jerry] = [{ clientId: 'Tom' }, { clientId: 'Jerry' }];
    const heard: unknown[] = [];
    const reply = { answered: () => heard.push('answer'), failed: (error: unknown) => heard.push(error) };
    requests.ask(LOGOUT, AckSent, reply, { isUnlimited: true }, tom);
    requests.ask(LOGOUT, AckSent, reply, { isUnlimited: true }, jerry);
    const closed = new SessionClosed(0, 'logged out');
    requests.abandon(tom, closed);
    expect([heard, requests.size()]).toEqual([[closed], 1]);
  });

  it('hears nothing more when the failure of another one has withdrawn it', () => {
    const { requests } = start();
    const heard: string[] = [];
    const answered = (): void => undefined;
    const options = { isUnlimited: true };
    const failed = (): void => {
      heard.push('first');
      withdraw();
    };
    requests.ask(LOGOUT, AckSent, { answered, failed }, options);
    const withdraw = requests.ask(LOGOUT, AckSent, { answered, failed: () => heard.push('second') }, options);
    requests.failAll('the cable was cut');
    expect([heard, requests.size()]).toEqual([['first'], 0]);
  });
});
