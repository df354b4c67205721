import * as t from 'io-ts';
import {
  EMPTY,
  catchError,
  filter,
  ignoreElements,
  map,
  merge,
  mergeMap,
  of,
  retry,
  switchMap,
  timer,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  conversationList,
  binary,
  defineMessage,
  ofType,
  plain,
  text,
  where,
  type Client,
  type ClientEvent,
  type ConnectionEvent,
  type Conversation,
  online,
  findConversations,
  blocked,
  silence,
  setRole,
  room,
} from 'rx-realtime';
import { contentOf, contents, diagram, says } from './diagram.js';

const pair = { id: 'c', members: ['Tom', 'Jerry'] };

/** The client, this number of frames later. */
const later = (frame: number, client$: Observable<Client>): Observable<Client> =>
  client$.pipe(switchMap((client) => timer(frame).pipe(map(() => client))));

const heard = (client$: Observable<Client>): Observable<string> =>
  client$.pipe(
    switchMap(({ messages$ }) => messages$),
    contents(),
  );

/** Messages and gaps in the log of a client, as text. */
const logOf = (client$: Observable<Pick<Client, 'events$'>>): Observable<string> =>
  client$.pipe(
    switchMap(({ events$ }) => events$),
    filter((event: ClientEvent) => event._tag === 'Message' || event._tag === 'Gap'),
    map((event) => (event._tag === 'Gap' ? `Gap ${event.cause}` : `${event.origin} ${contentOf(event.message)}`)),
  );

const send = (client$: Observable<Client>, content: string): Observable<string> =>
  client$.pipe(
    mergeMap((client) => client.conversation('c').send(plain(content))),
    map(({ id, timestamp }) => `${id} at ${timestamp}`),
  );

/** The message of the error with which a command fails. */
const failure = (command$: Observable<unknown>): Observable<string> =>
  command$.pipe(
    ignoreElements(),
    catchError((error: unknown) => of(error instanceof Error ? error.message : 'no error')),
  );

describe('a message in a diagram', () => {
  it('reaches the clients that are online, in its frame', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.messages('c', '-a-(bc)-d', says('Jerry', 'abcd'));
      expectObservable(heard(realtime().session('Tom'))).toBe('-a-(bc)-d');
    });
  });

  it('reaches members only, with its mentions', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.messages('c', '-a-b-c', {
        a: { from: 'Jerry', body: plain('a'), mentions: ['Tom'] },
        b: { from: 'Jerry', body: plain('b'), mentionsAll: true, id: 'mine' },
        c: { from: 'Jerry', body: binary(new Uint8Array([1])), transient: true },
      });
      const shown$ = realtime()
        .session('Tom')
        .pipe(
          switchMap(({ messages$ }) => messages$),
          map(({ id, body, timestamp, mentioned, transient }) =>
            [id, body._tag, timestamp, mentioned, transient].join(' '),
          ),
        );
      expectObservable(shown$).toBe('-a-b-c', {
        a: 'message-1 Plain 1 true false',
        b: 'mine Plain 3 true false',
        c: 'message-2 Binary 5 false true',
      });
      expectObservable(heard(realtime().session('Spike'))).toBe('-');
    });
  });

  it('is missed by a client that is offline, and arrives before live messages when the client is back', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.network('  u-------d-------u');
      server.messages('c', '---a-------b-c---------de-f', says('Jerry', 'abcdef'));
      const log$ = logOf(realtime({ backoff: () => 10 }).session('Tom'));
      expectObservable(log$).toBe('---a--------------(bc)-de-f', {
        a: 'live a',
        b: 'missed b',
        c: 'missed c',
        d: 'live d',
        e: 'live e',
        f: 'live f',
      });
    });
  });

  it('arrives once during the catch-up, even if it is both pushed and fetched', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        server.conversation(pair);
        server.network('  40ms d-u');
        // Back at 60 ms, logged in at 65 ms: the client asks for missed messages at 70 ms, c (at 68 ms) among them.
        server.messages('c', '20ms a 29ms b 17ms c 11ms d', says('Jerry', 'abcd'));
        const log$ = logOf(realtime({ backoff: () => 15 }).session('Tom'));
        expectObservable(log$).toBe('30ms a 44ms (bc) 6ms d', {
          a: 'live a',
          b: 'missed b',
          c: 'missed c',
          d: 'live d',
        });
      },
      { latency: 5 },
    );
  });

  it('before a login is counted and is in the history, like messages from before the diagram', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.history('c', [
        { from: 'Jerry', body: plain('x') },
        { from: 'Tom', body: plain('y') },
      ]);
      server.messages('c', '-a-b-----c', says('Jerry', 'abc'));
      const tom$ = timer(4).pipe(switchMap(() => realtime().session('Tom')));
      const count$ = tom$.pipe(
        switchMap(({ totalUnread$ }) => totalUnread$),
        map(({ count }) => count),
      );
      expectObservable(count$).toBe('----(03)-4', [0, 1, 2, 3, 4]);
      const history$ = tom$.pipe(
        mergeMap((tom) => tom.conversation('c').history()),
        map((page) => page.map((message) => `${contentOf(message)} ${message.timestamp}`).join()),
      );
      expectObservable(history$).toBe('----h', { h: 'x -2,y -1,a 1,b 3' });
    });
  });

  it('can have a type of the application, if the diagram knows the type', () => {
    const Song = defineMessage({ type: 1, codec: t.type({ title: t.string }) });
    diagram(
      ({ server, realtime, flush, expectObservable }) => {
        server.conversation(pair);
        server.messages('c', '-a', { a: { from: 'Jerry', body: Song({ title: 'Sh-Boom' }) } });
        const title$ = realtime()
          .session('Tom')
          .pipe(
            switchMap(({ messages$ }) => messages$),
            ofType(Song),
            map(({ body }) => body.fields.title),
          );
        expectObservable(title$).toBe('-s', { s: 'Sh-Boom' });
        flush();
        expect(server.stored('c')).toMatchObject([{ body: { fields: { title: 'Sh-Boom' } } }]);
      },
      { messages: [Song] },
    );
  });

  it('is an error if the server cannot send it', () => {
    const drawing = (draw: Parameters<typeof diagram>[0]) => () => {
      diagram(draw);
    };
    expect(drawing(({ server }) => server.messages('c', '--a', says('Jerry', 'a')))).toThrow(
      "the fake server has no conversation c: make it with server.conversation({ id: 'c' })",
    );
    expect(
      drawing(({ server }) => {
        server.conversation(pair);
        server.messages('c', '--b', says('Jerry', 'a'));
      }),
    ).toThrow("messages('c', …) draws 'b', which has no value");
    expect(
      drawing(({ server }) => {
        server.conversation(pair);
        server.conversation(pair);
      }),
    ).toThrow('has a conversation c already');
    expect(
      drawing(({ server }) => {
        server.conversation(pair);
        server.history('c', [{ from: 'Tom', body: plain('a') }]);
        server.history('c', [{ from: 'Tom', body: plain('b') }]);
      }),
    ).toThrow('has messages already');
    expect(
      drawing(({ server }) => {
        server.messages('c', '-', { a: { from: 'Tom', body: plain('\ud800') } });
      }),
    ).toThrow('surrogate');
  });
});

describe('an action of a client in a diagram', () => {
  it('is answered, stored, and sent to the other members and to the other devices of the client', () => {
    diagram(({ server, realtime, flush, expectObservable }) => {
      server.conversation(pair);
      const [tom$, phone$, jerry$] = ['Tom', 'Tom', 'Jerry'].map((id) => realtime().session(id));
      if (tom$ === undefined || phone$ === undefined || jerry$ === undefined) throw new Error('three are there');
      expectObservable(send(later(3, tom$), 'hi')).toBe('---m', { m: 'message-1 at 3' });
      expectObservable(logOf(tom$)).toBe('---o', { o: 'sent hi' });
      expectObservable(logOf(phone$)).toBe('---o', { o: 'live hi' });
      expectObservable(heard(jerry$)).toBe('---h', { h: 'hi' });
      expectObservable(server.said$.pipe(map(({ from, body }) => `${from} ${body._tag}`))).toBe('---s', {
        s: 'Tom Plain',
      });
      flush();
      expect(server.stored('c')).toMatchObject([
        { id: 'message-1', from: 'Tom', timestamp: 3, body: { content: 'hi' } },
      ]);
    });
  });

  it('can answer a drawn message', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.messages('c', '-a-----b', says('Jerry', 'ab'));
      const echoing$ = realtime()
        .session('Tom')
        .pipe(
          switchMap((tom) =>
            tom.messages$.pipe(mergeMap((message) => tom.conversation('c').send(plain(`${contentOf(message)}!`)))),
          ),
          ignoreElements(),
        );
      expectObservable(merge(echoing$, server.said$.pipe(contents()))).toBe('-(aA)--(bB)', {
        a: 'a',
        A: 'a!',
        b: 'b',
        B: 'b!',
      });
    });
  });

  it('gets receipts when the message was received and read', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      const reading$ = later(8, realtime().session('Jerry')).pipe(mergeMap((jerry) => jerry.conversation('c').read()));
      const tracked$ = later(2, realtime().session('Tom')).pipe(
        mergeMap((tom) => tom.conversation('c').trackSend(plain('?'))),
        map(({ _tag }) => _tag),
      );
      expectObservable(reading$).toBe('--------u', { u: undefined });
      expectObservable(tracked$).toBe('--(012)-3', ['sending', 'sent', 'delivered', 'read']);
    });
  });

  it('changes the unread counts of the other devices', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.messages('c', '-a-b', says('Jerry', 'ab'));
      const read$ = later(5, realtime().session('Tom')).pipe(mergeMap((tom) => tom.conversation('c').read()));
      const count$ = realtime()
        .session('Tom')
        .pipe(
          switchMap(({ totalUnread$ }) => totalUnread$),
          map(({ count }) => count),
        );
      expectObservable(read$).toBe('-----u', { u: undefined });
      expectObservable(count$).toBe('01-2-0', [0, 1, 2]);
    });
  });

  it('can be an edit or a recall; a client that was offline learns of it when it is back', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      const tom$ = realtime().session('Tom');
      const jerry = realtime({ backoff: () => 1 });
      const here$ = tom$.pipe(map((tom) => tom.conversation('c')));
      const changing$ = here$.pipe(
        switchMap((here) =>
          here.send(plain('a')).pipe(
            mergeMap((message) =>
              merge(
                timer(2).pipe(mergeMap(() => here.edit(message, plain('b')))),
                timer(4).pipe(
                  mergeMap(() => {
                    jerry.pause();
                    return here.recall(message);
                  }),
                ),
                timer(6).pipe(
                  mergeMap(() => {
                    jerry.resume();
                    return EMPTY;
                  }),
                ),
              ),
            ),
          ),
        ),
        map(({ _tag }) => _tag),
      );
      expectObservable(timer(1).pipe(mergeMap(() => changing$))).toBe('---e-r', { e: 'Edit', r: 'Recall' });
      const changed$ = jerry.session('Jerry').pipe(
        switchMap(({ modifications$ }) => modifications$),
        map(({ message }) => contentOf(message)),
      );
      expectObservable(changed$).toBe('---b----r', { b: 'b', r: 'Recalled' });
    });
  });

  it('can be of every kind: drawn conversations and created ones exist together', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation({ ...pair, attributes: { topic: 'cheese' } });
      const tom$ = realtime().session('Tom');
      const made$ = tom$.pipe(
        mergeMap((tom) => tom.createConversation({ members: ['Jerry'], name: 'made' })),
        mergeMap(({ state$ }) => state$),
        map(({ id, members }) => `${id} ${String(members)}`),
      );
      expectObservable(timer(1).pipe(mergeMap(() => made$))).toBe('-m', { m: 'conversation-1 Tom,Jerry' });
      const found$ = later(2, tom$).pipe(
        mergeMap((tom) =>
          findConversations(tom, { where: where.and(where.equal('topic', 'cheese'), where.containsMembers(['Tom'])) }),
        ),
        map((found) => found.map(({ id }) => id).join()),
      );
      expectObservable(found$).toBe('--c');
      const listed$ = tom$.pipe(
        switchMap((tom) => conversationList(tom)),
        map((items) => items.map(({ conversation }) => conversation.name).join()),
      );
      expectObservable(listed$, '^!').toBe('(ab)', { a: '', b: 'Cheese' });
    });
  });
});

describe('a query in a diagram', () => {
  it.each([
    ['a text in an attribute', { where: where.contains('name', 'a.b') }, 'a'],
    ['a text in an attribute, whatever its case', { where: where.matches('name', /^A\.B/i) }, 'a'],
    ['a number', { where: where.greaterThan('level', 1), sort: '-level' }, 'c,b'],
    ['an order', { sort: 'name' }, 'a,c,b'],
  ])('finds conversations by %s, like the real server', (_, query, ids) => {
    diagram(({ server, realtime, expectObservable }) => {
      for (const [id, name, level] of [
        ['a', 'a.b c', 1],
        ['b', 'x', 2],
        ['c', 'axb', 3],
      ] as const)
        server.conversation({ ...pair, id, name, attributes: { level } });
      const found$ = realtime()
        .session('Tom')
        .pipe(
          mergeMap((tom) => findConversations(tom, query)),
          map((found) => found.map(({ id }) => id).join()),
        );
      expectObservable(found$).toBe('f', { f: ids });
    });
  });
});

describe('a chat room in a diagram', () => {
  it('is heard only while it is subscribed to, and again after a break, with a gap', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation({ id: 'lobby', kind: 'room' });
      server.network('          u-----d--u');
      server.messages('lobby', '--a-----b-----c--d', says('Jerry', 'abcd'));
      const room$ = realtime({ backoff: () => 6, grace: 0 })
        .session('Tom')
        .pipe(map((tom) => room(tom, 'lobby')));
      expectObservable(logOf(room$), '^---------------!').toBe('--a---------g-c', {
        a: 'live a',
        g: 'Gap room',
        c: 'live c',
      });
      const counted$ = realtime({ backoff: () => 6 })
        .session('Spike')
        .pipe(
          switchMap((spike) =>
            merge(timer(1), timer(14), timer(17)).pipe(mergeMap(() => room(spike, 'lobby').count())),
          ),
        );
      expectObservable(counted$).toBe('-1------------1--0', [0, 1]);
    });
  });

  it('cannot be entered if it does not exist', () => {
    diagram(({ realtime, expectObservable }) => {
      const error$ = realtime()
        .session('Tom')
        .pipe(mergeMap((tom) => failure(room(tom, 'nowhere').messages$)));
      expectObservable(error$).toBe('e', {
        e: 'the server refused: 4303 CONVERSATION_NOT_FOUND, there is no conversation nowhere',
      });
    });
  });
});

describe('a command without an answer in the fake server', () => {
  it.each<[string, (conversation: Conversation, client: Client) => Observable<unknown>]>([
    ['conv/member_info_update', (conversation) => setRole(conversation, 'Jerry', 'Manager')],
    ['conv/add_shutup', (conversation) => silence(conversation, ['Jerry'])],
    ['blacklist/query', (conversation) => blocked(conversation)],
    ['direct', (conversation) => conversation.send(text('my will'), { will: true })],
  ])('is refused at once, with an explanation: %s', (kind, ask) => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      const error$ = realtime()
        .session('Tom')
        .pipe(mergeMap((tom) => failure(ask(tom.conversation('c'), tom))));
      const words = `the server refused: 4200 NO_ANSWER, the fake server has no answer to ${kind} like this one: give one with server.answer(...)`;
      expectObservable(error$).toBe('e', { e: words });
    });
  });

  it('can be answered by the test: the first command answers, later ones are pushed; the latest handler wins', () => {
    diagram(({ server, realtime, cold, expectObservable }) => {
      server.conversation(pair);
      server.answer(({ cmd }) =>
        cmd === 'direct' ? of({ cmd: 'ack', ackMessage: { code: 4402, reason: 'TOO_LOUD' } }) : undefined,
      );
      server.answer((command) =>
        command.cmd === 'direct' && command.directMessage.transient === true
          ? cold('---a-p', {
              a: { cmd: 'ack', ackMessage: { uid: 'x', t: 3 } },
              p: { cmd: 'unread', unreadMessage: { convs: [{ cid: 'c', unread: 7 }] } },
            })
          : undefined,
      );
      const tom$ = realtime().session('Tom');
      const loud$ = tom$.pipe(mergeMap((tom) => failure(tom.conversation('c').send(plain('a')))));
      expectObservable(loud$).toBe('e', { e: 'the server refused: 4402 TOO_LOUD' });
      const quiet$ = tom$.pipe(
        mergeMap((tom) => tom.conversation('c').send(plain('a'), { transient: true })),
        map(({ id }) => id),
      );
      expectObservable(quiet$).toBe('---x');
      const unread$ = tom$.pipe(
        switchMap(({ totalUnread$ }) => totalUnread$),
        map(({ count }) => count),
      );
      expectObservable(unread$).toBe('0----7', { 0: 0, 7: 7 });
      expectObservable(server.said$).toBe('-');
    });
  });

  it('gets no answer if the test wants none', () => {
    diagram(({ server, realtime, expectObservable }) => {
      server.conversation(pair);
      server.answer(({ cmd }) => (cmd === 'logs' ? EMPTY : undefined));
      const error$ = realtime()
        .session('Tom')
        .pipe(
          mergeMap((tom) => tom.conversation('c').history()),
          ignoreElements(),
          catchError((error: unknown) => of(error instanceof Error ? error.name : '')),
        );
      expectObservable(error$).toBe('20s (e|)', { e: 'CommandTimeout' });
    });
  });

  it('fails the diagram if the answer of the test throws', () => {
    const boom = new Error('boom');
    expect(() => {
      diagram(({ server, realtime }) => {
        server.answer(() => {
          throw boom;
        });
        realtime().session('Tom').subscribe();
      });
    }).toThrow(boom);
    expect(() => {
      diagram(({ server, realtime, cold }) => {
        server.answer(() => cold('#', {}, boom));
        realtime().session('Tom').subscribe();
      });
    }).toThrow(boom);
  });
});

describe('a command that a test pushes', () => {
  it('goes to the named client: a kick logs the client out', () => {
    diagram(({ server, realtime, cold, expectObservable }) => {
      server.push(
        cold('--k', {
          k: { cmd: 'session', op: 'closed', peerId: 'Tom', sessionMessage: { code: 4115, reason: 'KICKED_BY_APP' } },
        }),
      );
      const one = realtime();
      const words = { e: 'this client is closed (4115 KICKED_BY_APP); log in again to get a new one' };
      expectObservable(failure(one.session('Tom'))).toBe('--(e|)', words);
      const online$ = later(3, one.session('Jerry')).pipe(
        mergeMap((jerry) => online(jerry, ['Tom', 'Jerry'])),
        map((online) => [...online].join()),
      );
      expectObservable(online$).toBe('---j', { j: 'Jerry' });
    });
  });

  it('goes to every client if it names none, and to every connection if it is not for clients', () => {
    diagram(({ server, realtime, cold, expectObservable }) => {
      server.conversation(pair);
      server.push(
        cold('-u-e-g', {
          u: { cmd: 'unread', unreadMessage: { convs: [{ cid: 'c', unread: 2 }] } },
          e: { cmd: 'error', errorMessage: { code: 4200, reason: 'INTERNAL_ERROR' } },
          g: { cmd: 'goaway' },
        }),
      );
      for (const id of ['Tom', 'Jerry']) {
        const one = realtime({ backoff: () => 0 });
        const counts$ = one.session(id).pipe(
          switchMap(({ totalUnread$ }) => totalUnread$),
          map(({ count }) => count),
        );
        expectObservable(counts$).toBe('02', [0, 1, 2]);
        expectObservable(one.faults$.pipe(map(({ _tag }) => _tag))).toBe('---f', { f: 'Unsupported' });
        expectObservable(one.connection$.pipe(map(({ _tag }: ConnectionEvent) => _tag))).toBe('-----(dsrR)', {
          d: 'disconnect',
          s: 'schedule',
          r: 'retry',
          R: 'reconnect',
        });
      }
    });
  });
});

describe('the commands that the fake server receives', () => {
  it('include everything that clients send, also heartbeats', () => {
    diagram(({ server, realtime, expectObservable }) => {
      const kinds$ = server.received$.pipe(
        map((command) => ('op' in command ? `${command.cmd}/${command.op}` : command.cmd)),
      );
      expectObservable(kinds$, '^ 30s !').toBe('o 23999ms e', { o: 'session/open', e: 'echo' });
      realtime().session('Tom').subscribe();
    });
  });

  it('end the diagram with an error if a client never stops sending', () => {
    expect(() => {
      diagram(({ realtime }) => {
        realtime()
          .session('Tom')
          .pipe(mergeMap((tom) => tom.conversation('nowhere').send(plain('a')).pipe(retry())))
          .subscribe();
      });
    }).toThrow('clients have sent 10000 commands within one millisecond, at 0 ms: is there a retry without a delay?');
  });
});

describe('a login in a diagram', () => {
  it('with a tag ends the session before it, even if that client is offline', () => {
    diagram(({ realtime, expectObservable }) => {
      const [old, away, young] = [realtime(), realtime({ backoff: () => 1 }), realtime()];
      const words = { e: 'this client is closed (4111 SESSION_CONFLICT); log in again to get a new one' };
      timer(2).subscribe(() => {
        away.pause();
      });
      timer(6).subscribe(() => {
        away.resume();
      });
      expectObservable(failure(old.session('Tom', { tag: 'Web' }))).toBe('-(e|)', words);
      expectObservable(timer(1).pipe(mergeMap(() => failure(away.session('Tom', { tag: 'Web' }))))).toBe(
        '-------(e|)',
        words,
      );
      expectObservable(
        timer(4).pipe(
          mergeMap(() => young.session('Tom', { tag: 'Web' })),
          map(({ id }) => id),
        ),
      ).toBe('----T', { T: 'Tom' });
    });
  });

  it('stays valid for days', () => {
    diagram(
      ({ server, realtime, expectObservable }) => {
        const refreshes$ = server.received$.pipe(
          filter((command) => command.cmd === 'session' && command.op === 'refresh'),
          map(() => 'r'),
        );
        expectObservable(refreshes$).toBe('77760s r 77759999ms r');
        realtime({ heartbeat: { interval: 3_600_000 } })
          .session('Tom')
          .subscribe();
      },
      { until: 2 * 86_400_000 },
    );
  });
});
