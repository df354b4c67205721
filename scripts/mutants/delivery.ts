/** The rules of delivery, each with how it is taken back. */
export interface Mutant {
  /** The rule that it breaks. */
  readonly rule: string;
  readonly file: string;
  /** What stands there, once, and what is put in its place. */
  readonly from: string;
  readonly to: string;
}

export const mutants: readonly Mutant[] = [
  {
    rule: 'what was missed comes before the outbox',
    file: 'src/client/open-client.ts',
    from: "filter(({ _tag }) => _tag === 'CaughtUp'),",
    to: "filter(({ _tag }) => _tag === 'Opened'),",
  },
  {
    rule: 'the session is open before anything is sent',
    file: 'src/client/open-client.ts',
    from: "return status._tag === 'Open' ? EMPTY : of(false);",
    to: 'return EMPTY;',
  },
  {
    rule: 'a message that is sent again has the same token',
    file: 'src/client/sending/send.ts',
    from: 'link.request(command, AckSent, { effectful: true, late, ...options });',
    to: [
      'defer(() => link.request(',
      '{ ...command, directMessage: { ...command.directMessage, dt: String(Math.random()) } }, AckSent, { effectful: true, late, ...options }));',
    ].join(''),
  },
  {
    rule: 'the token is made with the command, not with each subscription',
    file: 'src/client/conversation/conversation-source.ts',
    from: 'return defer(() => send(senderIn(id), outgoing));',
    to: 'return defer(() => send(senderIn(id), { ...outgoing, token: options.mint() }));',
  },
  {
    rule: 'what is not acknowledged is sent again',
    file: 'src/outbox/outbox.ts',
    from: 'if (!isRepeatable(error)) giveUp(waiting, error);',
    to: 'if (!waiting.isExpired) giveUp(waiting, error);',
  },
  {
    rule: 'the outbox keeps its order',
    file: 'src/outbox/outbox.ts',
    from: 'for (const waiting of entries) if (waiting.written?.closed !== false) write(waiting);',
    to: 'for (const waiting of [...entries].reverse()) if (waiting.written?.closed !== false) write(waiting);',
  },
  {
    rule: 'who is refused after a write that nobody knows of is told so',
    file: 'src/outbox/outbox.ts',
    from: "failed(isUncertain ? new Unconfirmed('direct', { cause: error }) : error);",
    to: 'failed(error);',
  },
  {
    rule: 'what is not answered is written once more, with the line or without',
    file: 'src/outbox/outbox.ts',
    from: '      repeat(),\n      startWith(undefined),',
    to: '      ignoreElements(),\n      startWith(undefined),',
  },
  {
    rule: 'over its bounds the outbox takes nothing',
    file: 'src/outbox/outbox.ts',
    from: 'const refused = entry.age === undefined ? refusal(entry) : over;',
    to: 'const refused = over;',
  },
  {
    rule: 'what is on its way when its time is over is decided by its answer',
    file: 'src/outbox/outbox.ts',
    from: 'if (waiting.written?.closed !== false) giveUp(waiting, expired());',
    to: 'giveUp(waiting, expired());',
  },
  {
    rule: 'a message is accepted when it is kept',
    file: 'src/outbox/outbox.ts',
    from: ': keeper.put(entry).pipe(',
    to: ': (keeper.put(entry).subscribe(), EMPTY).pipe(',
  },
  {
    rule: 'what was kept goes out before what is newer',
    file: 'src/outbox/outbox.ts',
    from: '({ later: concat(restored, kept$) })',
    to: '({ later: kept$ })',
  },
  {
    rule: 'what was accepted outlives the client',
    file: 'src/outbox/outbox.ts',
    from: 'if (error === over) isKept = false;',
    to: '',
  },
  {
    rule: 'an edit that waited when the connection went is asked for again',
    file: 'src/session/change-mark.ts',
    from: 'if (waiting.size > 0) passedUpTo = Math.min(passedUpTo ?? Infinity, ...waiting.values());',
    to: 'passedUpTo = Math.max(passedUpTo ?? 0, ...waiting.values());',
  },
  {
    rule: 'the position moves before the event is emitted',
    file: 'streams/log-entries.ts',
    from: [
      "        if (wanted._tag === 'Message' && !wanted.message.transient) cursor.reach(wanted.message);",
      "        if (wanted._tag === 'Gap') cursor.leaveOut(wanted);",
      '        subscriber.next({ position: cursor.position(), ...wanted });',
    ].join('\n'),
    to: [
      '        subscriber.next({ position: cursor.position(), ...wanted });',
      "        if (wanted._tag === 'Message' && !wanted.message.transient) cursor.reach(wanted.message);",
    ].join('\n'),
  },
  {
    rule: 'overlap of what is fetched and what is live is taken out of a log',
    file: 'streams/log-entries.ts',
    from: "if (event._tag === 'Message') return !event.message.transient && cursor.has(event.message) ? undefined : event;",
    to: "if (event._tag === 'Message') return event;",
  },
  {
    rule: 'what comes behind an own message is not lost to a log',
    file: 'streams/log-entries.ts',
    from: '(comparePositions(message, floor) <= 0 || recent.some(({ id }) => id === message.id)),',
    to: 'true,',
  },
  {
    rule: 'nothing is behind a hole in a log, where the client ends before all is there',
    file: 'src/client/history/conversation-log.ts',
    from: 'return concat(loading$, NEVER).pipe(',
    to: 'return loading$.pipe(',
  },
  {
    rule: 'what was pushed before an answer is in a log before it, though it waits',
    file: 'src/client/open-client.ts',
    from: [
      '          catchUp.pageAfter(id, after).pipe(',
      '            behindWhatHasCome(id, (barrier) => {',
      '              heard.receive(barrier);',
      '            }),',
      '          ),',
    ].join('\n'),
    to: '          catchUp.pageAfter(id, after),',
  },
  {
    rule: 'what the server has forgotten since it was pushed is in a log in its place',
    file: 'streams/log-entries.ts',
    from: "            if (event._tag === 'Message') messages.before(event.message).forEach(emit);\n",
    to: '',
  },
  {
    rule: 'and among the messages',
    file: 'src/session/conversation-step.ts',
    from: "last?._tag === 'Message' && isBefore(task, last.message)",
    to: 'false',
  },
  {
    rule: 'a message comes once, however often it is delivered',
    file: 'src/session/making.ts',
    from: 'if (isFirst) out.push(event);',
    to: 'out.push(event);',
  },
  {
    rule: 'what is missed starts behind the newest that was passed on',
    file: 'src/session/cursor.ts',
    from: '{ position: later(cursor.position, at), own: cursor.own }',
    to: '{ position: cursor.position, own: cursor.own }',
  },
  {
    rule: 'an own message says nothing about those before it',
    file: 'src/session/cursor.ts',
    from: "origin === 'sent' ? passOwn(cursor, at, session) : {",
    to: '{',
  },
  {
    rule: 'what was missed comes before what is live',
    file: 'src/session/conversation-step.ts',
    from: 'const isFar = isBehind(session, cursor);',
    to: 'const isFar = false;',
  },
  {
    rule: 'events wait behind a conversation that is not known',
    file: 'src/session/conversation-step.ts',
    from: 'const isUnknown = info === undefined && cursor.lookedUpIn < session.number;',
    to: 'const isUnknown = false;',
  },
  {
    rule: 'what is followed is caught up, heard of before or not',
    file: 'src/session/inbox-step.ts',
    from: ['      cursorOf(making, input.conversationId);', '      return;'].join('\n'),
    to: '      return;',
  },
  {
    rule: 'more than the limit is a gap',
    file: 'src/session/catch-up.ts',
    from: "messages.length === 0 ? [] : [gapFrom(catching, 'limit')]",
    to: '[]',
  },
  {
    rule: 'what the server has forgotten is a gap',
    file: 'src/session/catch-up.ts',
    from: "isWhole ? events : [{ ...gapFrom(catching, 'gone'), to: messages[0]?.timestamp ?? to }, ...events]",
    to: 'events',
  },
  {
    rule: 'what the server refuses is a gap',
    file: 'src/session/conversation-step.ts',
    from: 'admit(making, cursor, gapAt(work.catching, error))',
    to: 'cursor',
  },
  {
    rule: 'all pages of what was missed are fetched',
    file: 'src/session/catch-up.ts',
    from: 'messages.length === pageSize ? next : undefined',
    to: 'undefined',
  },
  {
    rule: 'what is declared missing is not brought behind what is newer',
    file: 'src/session/cursor.ts',
    from: "return reach(cursor, { timestamp: event.cause === 'gone' ? event.to : event.to + 1, id: '' });",
    to: 'return cursor;',
  },
  {
    rule: 'own messages alone move the position in the end',
    file: 'src/session/cursor.ts',
    from: 'later(position, own.at)',
    to: 'position',
  },
  {
    rule: 'what was said in a chat room during a break is a gap',
    file: 'src/session/inbox-step.ts',
    from: '  if (isResumed) roomGap(making, at);',
    to: '',
  },
  {
    rule: 'changes of members and attributes that were missed are told',
    file: 'src/session/conversation-step.ts',
    from: 'before === undefined ? [] : changesBetween(before, info)',
    to: '[]',
  },
  {
    rule: 'and are told once',
    file: 'src/session/conversation-step.ts',
    from: 'const news = changes.length === 0 ? undefined : newsAfter(changes, info);',
    to: 'const news = undefined;',
  },
  {
    rule: 'who was removed during a break is told so',
    file: 'src/session/conversation-step.ts',
    from: 'if (isGone || isOut)',
    to: 'if (isGone)',
  },
  {
    rule: 'a message whose sender does not wait any more is in the log',
    file: 'src/client/sending/send.ts',
    from: '{ effectful: true, late, ...options }',
    to: '{ effectful: true, ...options }',
  },
  {
    rule: 'an old socket says nothing any more',
    file: 'src/connection/machine.ts',
    from: '(input.epoch === machine.epoch ? step(machine, input, context) : stay(machine)),',
    to: 'step(machine, input, context),',
  },
  {
    rule: 'commands in flight fail when the connection goes',
    file: 'src/connection/create-connection.ts',
    from: 'requests.failAll(unavailable(state));',
    to: '',
  },
  {
    rule: 'and so in a log',
    file: 'src/session/catch-up.ts',
    from: 'events: [gapAt(catching, error)]',
    to: 'events: []',
  },
  {
    rule: 'what waits when the connection goes is asked for again',
    file: 'src/session/inbox-step.ts',
    from: 'keep(making, { ...cursor, work: undefined, waiting: NOTHING_WAITS })',
    to: 'keep(making, { ...cursor, work: undefined })',
  },
  {
    rule: 'an answer to an old session says nothing any more',
    file: 'src/session/inbox-step.ts',
    from: 'if (!isOpen || answer.session !== number) return;',
    to: 'if (!isOpen) return;',
  },
  {
    rule: 'a position never goes back',
    file: 'src/session/cursor.ts',
    from: '(comparePositions(b, a) > 0 ? b : a)',
    to: 'b',
  },
  {
    rule: 'the answer to a conversation that is gone is that it is left',
    file: 'src/session/inbox-step.ts',
    from: 'gone.includes(id)',
    to: 'false',
  },
  {
    rule: 'who comes back is not told what was said while he was out',
    file: 'src/session/conversation-step.ts',
    from: 'work.isBack && lastMessageAt !== undefined',
    to: 'false',
  },
  {
    rule: 'only so many conversations are caught up at a time, and the next one gets the place',
    file: 'src/session/conversation-step.ts',
    from: "  if (next?._tag === 'CatchUp') fetchPage(making, next.catching);",
    to: '',
  },
  {
    rule: 'what waits for a plug-in holds back what comes behind it',
    file: 'src/session/read-in-order.ts',
    from: "'conversationId' in told && !waitsForNothing(told) ? told.conversationId : undefined",
    to: 'undefined',
  },
];
