import { EMPTY, NEVER, defer, filter, of, take, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { Conversation } from '../../src/client/conversation.js';
import type { SigningLink } from '../../src/client/link.js';
import { createRooms, type Rooms } from '../../src/client/room.js';
import { ConnectionLost } from '../../src/errors.js';
import type { ConversationEvent, Message } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { message } from '../streams/log.js';

const GRACE = 3;

interface Scene {
  /** What the server answers to an entry; by default it lets the client in. */
  readonly answer?: () => Observable<ServerCommand>;
  readonly open$?: Observable<boolean>;
  readonly messages$?: Observable<Message>;
  readonly events$?: Observable<ConversationEvent>;
  readonly sent: string[];
}

const WELCOME: ServerCommand = { cmd: 'conv', op: 'added', convMessage: { allowedPids: ['Tom'] } };

const nameOf = (command: ClientCommand): string =>
  command.cmd === 'conv' && 'cid' in command.convMessage ? `${command.op} ${command.convMessage.cid}` : command.cmd;

/** Rooms over a link that notes what is sent, and when. */
const rooms = ({ answer = () => of(WELCOME), open$ = of(true), messages$ = NEVER, events$ = NEVER, sent }: Scene): Rooms => {
  const link: SigningLink = {
    clientId: 'Tom',
    sign: () => of({}),
    request: (command, kind) =>
      defer(() => {
        sent.push(`${virtualClock.now()} ${nameOf(command)}`);
        return answer();
      }).pipe(
        filter((command) => kind.is(command)),
        take(1),
      ),
  };
  return createRooms({
    link,
    open$,
    clock: virtualClock,
    grace: GRACE,
    report: () => undefined,
    conversation: (id) => ({ id, messages$, events$ }) as Conversation,
  });
};

describe('being in a chat room', () => {
  it('begins with the first subscriber and ends a grace after the last; others share it', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const m = message({ conversationId: 'a' });
      const { room } = rooms({ sent, messages$: hot('---m-m-m-m-m-', { m }) });
      expectObservable(room('a').messages$, '  -^---!       ').toBe('---m---------', { m });
      expectObservable(room('a').messages$, '  ---^---!     ').toBe('---m-m-------', { m });
      expectObservable(room('a').messages$, '  --------^--! ').toBe('---------m---', { m });
    });
    expect(sent).toEqual(['1 add a', '14 remove a']);
  });

  it('ends with another room, and completes the streams of the first', () => {
    const sent: string[] = [];
    marbles(({ expectObservable }) => {
      const { room, current } = rooms({ sent });
      expectObservable(room('a').messages$, ' ^-------').toBe('--|');
      expectObservable(room('b').messages$, ' --^--!--').toBe('------');
      expectObservable(
        defer(() => of(current())),
        '---^',
      ).toBe('---(b|)', { b: 'b' });
    });
    expect(sent).toEqual(['0 add a', '2 add b', '8 remove b']);
  });

  it('begins again with each session, and waits where there is none', () => {
    const sent: string[] = [];
    marbles(({ hot, expectObservable }) => {
      const { room } = rooms({ sent, open$: hot('f-t--f-t-', { t: true, f: false }) });
      expectObservable(room('a').messages$, '^-------!').toBe('---------');
    });
    expect(sent.slice(0, 2)).toEqual(['2 add a', '7 add a']);
  });

  it('is refused by an error; a connection that goes is none', () => {
    marbles(({ cold, expectObservable }) => {
      const no: ServerCommand = {
        cmd: 'conv',
        op: 'added',
        convMessage: { failedPids: [{ code: 4315, reason: 'CONVERSATION_BLACKLISTED' }] },
      };
      const refused = rooms({ sent: [], answer: () => cold('--n|', { n: no }) }).room('a').messages$;
      expectObservable(refused).toBe('--#', {}, expect.objectContaining({ _tag: 'ServerRejected', code: 4315 }));
      const lost = rooms({ sent: [], answer: () => throwError(() => new ConnectionLost('gone')) }).room('a').messages$;
      expectObservable(lost, '^---!').toBe('-----');
    });
  });

  it('ends by an error where the client is blocked, and with the client', () => {
    marbles(({ hot, expectObservable }) => {
      const blocked = (who: string): ConversationEvent => ({ _tag: 'Blocked', conversationId: 'a', members: [who] });
      const events$ = hot('-o-b', { o: blocked('Jerry'), b: blocked('Tom') });
      expectObservable(rooms({ sent: [], events$ }).room('a').messages$).toBe('---#', {}, expect.objectContaining({ code: 4315 }));
      expectObservable(rooms({ sent: [], messages$: hot('--|') }).room('a').messages$).toBe('--|');
    });
  });
});

describe('how many are in a chat room', () => {
  it('is asked for at once and every 10 s, while somebody wants to know, and says what is new', () => {
    const sent: string[] = [];
    const counts = [1, 1, 2];
    marbles(({ expectObservable }) => {
      const count = (): Observable<ServerCommand> =>
        of<ServerCommand>({ cmd: 'conv', op: 'result', convMessage: { count: counts.shift() ?? 0 } });
      const { room } = rooms({ sent, answer: count, open$: of(true) });
      expectObservable(room('a').online$, '^ 25s !').toBe('a 19999ms b', { a: 1, b: 2 });
    });
    expect(sent).toEqual(['0 count a', '10000 count a', '20000 count a']);
  });

  it('is not asked for without a session; a question that fails is followed by the next', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(rooms({ sent: [], open$: of(false) }).room('a').online$).toBe('|');
      const answers = [
        throwError(() => new ConnectionLost('gone')),
        of<ServerCommand>({ cmd: 'conv', op: 'result', convMessage: { count: 4 } }),
      ];
      const { room } = rooms({ sent: [], open$: cold('t', { t: true }), answer: () => answers.shift() ?? EMPTY });
      expectObservable(room('a').online$, '^ 11s !').toBe('10s a', { a: 4 });
    });
  });
});
