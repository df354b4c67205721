/** The rules of delivery, each with a change that breaks it. */
import { inboxMutants } from './inbox.js';
import type { Mutant } from './mutant.js';

export const mutants: readonly Mutant[] = [
  {
    rule: 'what was missed comes before the outbox',
    file: 'src/client/create-outbox.ts',
    from: "log$.pipe(filter(({ _tag }) => _tag === 'CaughtUp'));",
    to: "log$.pipe(filter(({ _tag }) => _tag === 'Opened'));",
  },
  {
    rule: 'the session is open before anything is sent',
    file: 'src/client/create-outbox.ts',
    from: "return status._tag === 'Open' ? EMPTY : of(false);",
    to: 'return EMPTY;',
  },
  {
    rule: 'a message that is sent again has the same token',
    file: 'src/client/sending/send.ts',
    from: 'link.ask(command, AckSent, reply, writing);',
    to: [
      'link.ask({ ...command, directMessage: { ...command.directMessage, dt: String(Math.random()) } }, ',
      'AckSent, reply, writing);',
    ].join(''),
  },
  {
    rule: 'the token is made with the command, not with each subscription',
    file: 'src/client/sending/send.ts',
    from: 'return defer(() => sendSteps(senderIn(client, conversationId), request));',
    to: 'return defer(() => sendSteps(senderIn(client, conversationId), { ...request, token: client.mint() }));',
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
    from: 'for (const waiting of entries) if (waiting.writes === undefined) write(waiting);',
    to: 'for (const waiting of [...entries].reverse()) if (waiting.writes === undefined) write(waiting);',
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
    from: 'if (waiting.isExpired) giveUp(waiting, expired());\n    else write(waiting);',
    to: 'if (waiting.isExpired) giveUp(waiting, expired());',
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
    from: 'if (waiting.writes === undefined) giveUp(waiting, expired());',
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
    from: '(comparePositions(message, floor) <= 0 || recent.has(message.id)),',
    to: 'true,',
  },
  {
    rule: 'nothing is behind a hole in a log, where the client ends before all is there',
    file: 'src/client/history/log.ts',
    from: 'return concat(loading$, NEVER).pipe(',
    to: 'return loading$.pipe(',
  },
  {
    rule: 'what was pushed before an answer is in a log before it, though it waits',
    file: 'src/client/open-client.ts',
    from: [
      '          catchUp.pageAfter(...page).pipe(',
      '            behindWhatHasCome(page[0], (barrier) => {',
      '              heard.receive(barrier);',
      '            }),',
      '          ),',
    ].join('\n'),
    to: '          catchUp.pageAfter(...page),',
  },
  {
    rule: 'what the server has forgotten since it was pushed is in a log in its place',
    file: 'streams/log-entries.ts',
    from: "            if (event._tag === 'Message') messages.before(event.message).forEach(emit);\n",
    to: '',
  },
  {
    rule: 'a message whose sender does not wait any more is in the log',
    file: 'src/client/sending/send.ts',
    from: '{ effectful: true, isUnlimited: waits, late }',
    to: '{ effectful: true, isUnlimited: waits }',
  },
  {
    rule: 'an old socket says nothing any more',
    file: 'src/connection/machine.ts',
    from: 'input.epoch === machine.epoch ? step(machine, input, context) : stay(machine),',
    to: 'step(machine, input, context),',
  },
  {
    rule: 'commands in flight fail when the connection goes',
    file: 'src/connection/create-connection.ts',
    from: 'requests.failAll(unavailable(state));',
    to: '',
  },
  ...inboxMutants,
];
