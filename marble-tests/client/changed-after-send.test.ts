/** What a caller does to its values after a send was subscribed to does not change the message. */
import { EMPTY, NEVER, defer, delay, ignoreElements, map, merge, mergeMap, of, tap, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  binary,
  createOutbox,
  image,
  memoryOutbox,
  text,
  upload,
  type Attribute,
  type Body,
  type Client,
  type ClientEvent,
  type JsonObject,
  type LocalFile,
} from '../../src/index.js';
import { runMarbles, type MarbleHelpers } from '../../testing/index.js';

const diagram = (draw: (helpers: MarbleHelpers) => void): void => {
  runMarbles((actual, expected) => {
    expect(actual).toEqual(expected);
  }, draw);
};

const pair = { id: 'c', members: ['Tom', 'Jerry'] };

describe('a message whose caller changes its values while it waits', () => {
  it.each([
    ['in the outbox', createOutbox()],
    ['in the outbox and its storage', createOutbox({ storage: memoryOutbox() })],
  ])('%s is sent as it was when the send was subscribed to, and so is the message that is emitted', (_, outbox) => {
    const bytes = new Uint8Array([1, 2]);
    const attributes = { mood: { is: 'good' } };
    const mentions = ['Jerry'];
    const sent: Body[] = [];
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      server.network('1s d 5s u');
      const send = (client: Client) =>
        of(binary(bytes), text('hi', attributes)).pipe(
          mergeMap((body) => client.conversation('c').send(body, { mentions })),
        );
      realtime({ outbox })
        .session('Tom')
        .pipe(delay(2_000), mergeMap(send))
        .subscribe(({ body }) => sent.push(body));
      server.push(
        of(undefined).pipe(
          delay(4_000),
          tap(() => {
            bytes.fill(9);
            attributes.mood.is = 'bad';
            mentions.push('Spike');
          }),
          mergeMap(() => NEVER),
        ),
      );
      flush();
      const expected = [binary(new Uint8Array([1, 2])), text('hi', { mood: { is: 'good' } })];
      expect(server.stored('c').map(({ body }) => body)).toEqual(expected);
      expect(server.stored('c').map((message) => message.mentions)).toEqual([['Jerry'], ['Jerry']]);
      expect(sent).toEqual(expected);
    });
  });

  it('and whose file is being stored, is stored as it was', () => {
    const data = new Uint8Array([1, 2]);
    const stored: LocalFile['data'][] = [];
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      realtime({
        upload: (file) =>
          of({ url: 'u' }).pipe(
            delay(1_000),
            tap(() => stored.push(file.data)),
          ),
      })
        .session('Tom')
        .pipe(mergeMap((tom) => tom.conversation('c').send(upload({ data }, image))))
        .subscribe();
      server.push(
        of(undefined).pipe(
          delay(500),
          map(() => data.fill(9)),
          mergeMap(() => NEVER),
        ),
      );
      flush();
      expect(stored).toEqual([new Uint8Array([1, 2])]);
    });
  });

  it('and whose file is being stored, is sent with the options that it had', () => {
    const mentions = ['Jerry'];
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      realtime({
        upload: () =>
          of({ url: 'u' }).pipe(
            delay(1_000),
            tap(() => {
              mentions.push('Spike');
            }),
          ),
      })
        .session('Tom')
        .pipe(mergeMap((tom) => tom.conversation('c').send(upload({ data: new Uint8Array(1) }, image), { mentions })))
        .subscribe();
      flush();
      expect(server.stored('c').map((message) => message.mentions)).toEqual([['Jerry']]);
    });
  });
});

describe('a change whose caller changes its values while the answer is awaited', () => {
  it('is in the log as it was sent', () => {
    const mentions = ['Jerry'];
    const attributes = { mood: { is: 'good' } };
    const events: ClientEvent[] = [];
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      const changed$ = defer(() => {
        mentions.push('Spike');
        attributes.mood.is = 'bad';
        return EMPTY;
      });
      const heard$ = realtime()
        .session('Tom')
        .pipe(
          mergeMap((tom) => {
            const c = tom.conversation('c');
            const commands$ = c
              .send(text('hi'))
              .pipe(
                mergeMap((message) =>
                  merge(c.edit(message, text('ho'), { mentions }), c.update({ attributes }), changed$),
                ),
              );
            return merge(tom.events$, commands$.pipe(ignoreElements()));
          }),
        );
      heard$.subscribe((event) => events.push(event));
      flush();
      expect(events).toContainEqual(
        expect.objectContaining({ _tag: 'Edit', message: expect.objectContaining({ mentions: ['Jerry'] }) as unknown }),
      );
      expect(events).toContainEqual(expect.objectContaining({ _tag: 'Attributes', changed: { mood: { is: 'good' } } }));
    });
  });
});

describe('values that JSON does not have', () => {
  const circle: Record<string, Attribute> = {};
  circle['self'] = circle;

  it.each([
    ['push data', (tom: Client) => tom.conversation('c').send(text('hi'), { pushData: circle as JsonObject })],
    ['attributes of a change', (tom: Client) => tom.conversation('c').update({ attributes: circle })],
    ['attributes of a new one', (tom: Client) => tom.createConversation({ members: ['Jerry'], attributes: circle })],
  ])('are refused: %s', (_, command) => {
    const errors: unknown[] = [];
    diagram(({ server, realtime, flush }) => {
      server.conversation(pair);
      realtime()
        .session('Tom')
        .pipe(mergeMap((tom) => command(tom) as Observable<unknown>))
        .subscribe({ error: (error: unknown) => errors.push(error) });
      flush();
      expect(errors).toEqual([expect.objectContaining({ _tag: 'InvalidArgument' })]);
    });
  });
});
