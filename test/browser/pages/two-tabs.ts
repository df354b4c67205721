/** A tab with an outbox that it shares with the other tabs. It sends on command, and tells what waits in it. */
import { createOutbox, createRealtime, discard, indexedDbOutbox, text, type Client } from 'rx-realtime';

declare const tell: (value: unknown) => void;

const query = new URLSearchParams(location.search);
const name = query.get('name') ?? '';
const realtime = createRealtime({
  appId: 'app',
  server: query.get('server') ?? '',
  outbox: createOutbox({ storage: indexedDbOutbox() }),
});
if (query.has('offline')) realtime.pause();

let tom: Client | undefined;
realtime.session('Tom', { offline: true }).subscribe((client) => {
  tom = client;
  client.outbox$.subscribe((waiting) => {
    const texts = [...waiting.values()].map(({ body }) => (body._tag === 'Text' ? body.text : body._tag));
    tell({ name, waiting: texts.join(' ') });
  });
});

Object.assign(self, {
  send: (id: string, words: string) =>
    tom
      ?.conversation(id)
      .send(text(words))
      .subscribe({ error: () => undefined }),
  giveUp: (id: string, words: string) => {
    tom?.outbox$
      .subscribe((waiting) => {
        for (const { token, body } of waiting.values())
          if (tom !== undefined && body._tag === 'Text' && body.text === words)
            discard(tom.conversation(id), token).subscribe();
      })
      .unsubscribe();
  },
});
