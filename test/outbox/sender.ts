/**
 * A process that sends messages: `sender.ts <server> <directory> <conversation> <from> <count>`. Prints each accepted
 * message on its own line, and `done` when all messages that it knows of are sent.
 */
import { filter, from, mergeMap, take } from 'rxjs';
import { createOutbox, createRealtime, sendStatus, text } from '../../src/index.node.js';
import { fileOutbox } from '../../node/index.js';

const [server = '', directory = '', conversationId = '', first = '0', count = '0'] = process.argv.slice(2);
const realtime = createRealtime({
  appId: 'app',
  server,
  backoff: () => 20,
  outbox: createOutbox({ storage: fileOutbox(directory) }),
});
const say = (words: string): void => {
  process.stdout.write(`${words}\n`);
};

realtime.faults$.subscribe((fault) => {
  say(`fault ${JSON.stringify(fault)}`);
});
realtime.login('Tom').subscribe((tom) => {
  const words = Array.from({ length: Number(count) }, (_, index) => `message ${String(Number(first) + index)}`);
  from(words)
    .pipe(
      mergeMap((word) =>
        tom
          .conversation(conversationId)
          .trackSend(text(word))
          .pipe(
            sendStatus(),
            filter(({ _tag }) => _tag === 'sending'),
            mergeMap(() => [word]),
          ),
      ),
    )
    .subscribe(say);
  say('open');
  tom.events$
    .pipe(
      filter(({ _tag }) => _tag === 'CaughtUp'),
      mergeMap(() => tom.outbox$),
      filter(({ size }) => size === 0),
      take(1),
    )
    .subscribe(() => {
      say('done');
    });
});
