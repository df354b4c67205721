import { NEVER, Subject, defer, filter, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bodyCodec, file, text, type OutgoingBody } from '../../codecs/index.js';
import type { SendRequest, SendStep } from '../../src/client/sending/send-request.js';
import { sendSteps, storedMessage, track, type Sender } from '../../src/client/sending/send.js';
import { sendStatus, type MessageStatus } from '../../src/client/sending/send-status.js';
import { upload, type Upload, type UploadFile } from '../../src/client/sending/upload.js';
import {
  CommandTimeout,
  ConnectionLost,
  InvalidArgument,
  OutboxFull,
  ServerRejected,
  SessionClosed,
  Unconfirmed,
  type RealtimeError,
} from '../../src/errors.js';
import { sendThrough } from '../../src/client/create-outbox.js';
import { outboxQueue } from '../../src/outbox/outbox.js';
import type { KeptEntry } from '../../src/outbox/storage-keeper.js';
import type { ConversationEvent } from '../../streams/index.js';
import { messageStatuses } from '../../streams/message-status.js';
import { marbles, virtualClock } from '../marbles.js';
import { linkBy } from '../replies.js';
import { message, receipt } from '../streams/log.js';

const stored = message({ id: 'm', timestamp: 5 });
const progress: Record<string, SendStep> = {
  u: { _tag: 'uploading', token: 't', progress: 0.5 },
  g: { _tag: 'sending', token: 't' },
  s: { _tag: 'sent', token: 't', message: stored },
};

describe('storedMessage', () => {
  it('emits the stored message when the server has it, and nothing else', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-u-g-(s|)', progress).pipe(storedMessage)).toBe('-----(s|)', { s: stored });
      const lost = new ConnectionLost('x');
      expectObservable(cold('-g-#', progress, lost).pipe(storedMessage)).toBe('---#', {}, lost);
    });
  });
});

describe('track', () => {
  it('follows a message from sent to delivered and read, then completes', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const events$ = hot<ConversationEvent>('----d-r-', {
        d: { ...receipt('delivered', 7), messageId: 'm' } as ConversationEvent,
        r: { ...receipt('read', 8), messageId: 'm' } as ConversationEvent,
      });
      expectObservable(cold('g-(s|)', progress).pipe(track(messageStatuses(events$)))).toBe('g-s-d-(r|)', {
        ...progress,
        d: { _tag: 'delivered', token: 't', message: stored, at: 7 },
        r: { _tag: 'read', token: 't', message: stored, at: 8 },
      });
    });
  });

  it('errors if the send errors, and completes if the client is closed', () => {
    const lost = new ConnectionLost('the wire was cut');
    marbles(({ cold, hot, expectObservable }) => {
      expectObservable(cold('g-#', progress, lost).pipe(track(messageStatuses(NEVER)))).toBe('g-#', progress, lost);
      expectObservable(cold('g-(s|)', progress).pipe(track(messageStatuses(hot<ConversationEvent>('----|'))))).toBe(
        'g-s-|',
        progress,
      );
    });
  });
});

describe('sendStatus', () => {
  it('starts with none and follows the progress', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-u-g-(s|)', progress).pipe(sendStatus())).toBe('nu-g-(s|)', {
        n: { _tag: 'none' },
        u: { _tag: 'uploading', progress: 0.5 },
        g: { _tag: 'sending' },
        s: { _tag: 'sent', message: stored },
      });
    });
  });

  it('turns an error into a value that says whether the message may have arrived, then completes', () => {
    const failures: readonly (readonly [RealtimeError, string])[] = [
      [new ConnectionLost('x'), 'never-left'],
      [new InvalidArgument('x'), 'never-left'],
      [new OutboxFull('x'), 'never-left'],
      [new ServerRejected(4401, 'x'), 'rejected'],
      [new Unconfirmed('direct'), 'unconfirmed'],
      [new CommandTimeout('direct', 1), 'unconfirmed'],
      [new SessionClosed(0, 'x'), 'unconfirmed'],
    ];
    for (const [error, failure] of failures) {
      marbles(({ cold, expectObservable }) => {
        expectObservable(cold('-g#', progress, error).pipe(sendStatus())).toBe('ng(f|)', {
          n: { _tag: 'none' },
          g: { _tag: 'sending' },
          f: { _tag: 'failed', failure, error } as MessageStatus,
        });
      });
    }
  });
});

describe('a message that is sent again', () => {
  it('keeps its token with each new subscription and with each retry of the outbox', () => {
    const tokens: unknown[] = [];
    const answers = [
      new Unconfirmed('direct'),
      new ServerRejected(4401, 'INVALID_MESSAGING_TARGET'),
      new ConnectionLost('x'),
    ];
    const link: Sender['link'] = {
      clientId: 'Tom',
      ...linkBy((command) =>
        defer(() => {
          if (command.cmd === 'direct') tokens.push(command.directMessage.dt);
          return throwError(() => answers.shift());
        }),
      ),
    };
    const ready = new Subject<boolean>();
    const [queue] = outboxQueue<KeptEntry>({ bounds: {}, ready$: ready, clock: virtualClock, patience: 1_000 });
    const sender: Sender = {
      link,
      bodies: bodyCodec(),
      outbox: { send: sendThrough(queue, virtualClock) },
      clock: virtualClock,
      upload: undefined,
      kind: undefined,
      tell: () => undefined,
    };
    const command$ = sendSteps(sender, { conversationId: 'c', body: text('x'), token: 't', options: {} });
    const failures: unknown[] = [];
    const watch = { error: (error: unknown) => failures.push(error) };
    command$.subscribe(watch);
    ready.next(true);
    ready.next(false);
    ready.next(true);
    command$.subscribe(watch);
    expect(tokens).toEqual(['t', 't', 't']);
    // The first write may have arrived. So the message may be stored, although the server refuses the second write.
    expect(failures).toMatchObject([{ _tag: 'Unconfirmed', cause: { code: 4401 } }]);
  });
});

describe('the log entries of a message that is being sent', () => {
  /** Sends over a link that answers at once, and returns the events that reach the log, in order. */
  const told = (
    change: Partial<SendRequest<OutgoingBody | Upload>>,
    store?: UploadFile,
    isWithdrawn = false,
  ): readonly string[] => {
    const lines: string[] = [];
    const sender: Sender = {
      link: {
        clientId: 'Tom',
        ...linkBy((_, answer) => of({ cmd: 'ack', ackMessage: { uid: 'm', t: 5 } } as const).pipe(filter(answer.is))),
      },
      bodies: bodyCodec(),
      outbox: undefined,
      clock: virtualClock,
      upload: store,
      kind: undefined,
      tell: (event) => {
        if (event._tag === 'Message') lines.push(`message ${event.message.id}`);
        else if (event._tag !== 'Outgoing') lines.push(event._tag);
        else if (event.progress._tag === 'uploading')
          lines.push(`uploading ${event.body._tag} ${event.progress.progress}`);
        else lines.push(`${event.progress._tag} ${event.body._tag}`);
      },
    };
    const sending = sendSteps(sender, { conversationId: 'c', body: text('x'), token: 't', options: {}, ...change });
    const subscription = sending.subscribe({ error: () => undefined });
    if (isWithdrawn) subscription.unsubscribe();
    return lines;
  };

  it('are sent first, then the message: no view has both at the same time', () => {
    expect(told({})).toEqual(['sending Text', 'sent Text', 'message m']);
  });

  const body = upload({ data: new Uint8Array([1]) }, file);

  it('begin for a file with its upload, and tell each percent of it once; then it is sent', () => {
    marbles(({ flush }) => {
      const lines = told({ body }, () => of({ progress: 0.004 }, { progress: 0.5 }, { progress: 0.504 }, { url: 'u' }));
      flush();
      expect(lines).toEqual(['uploading Upload 0', 'uploading Upload 0.5', 'sending File', 'sent File', 'message m']);
    });
  });

  it('end for a file when its upload fails or is withdrawn', () => {
    expect(told({ body }, () => throwError(() => new Error('full')))).toEqual(['uploading Upload 0', 'failed Upload']);
    expect(told({ body }, () => NEVER, true)).toEqual(['uploading Upload 0', 'failed Upload']);
  });

  it('have no progress for transient messages and wills', () => {
    expect(told({ options: { transient: true } })).toEqual(['message m']);
    expect(told({ options: { will: true } })).toEqual([]);
  });
});

describe('a message with a file', () => {
  /** Sends over a link that never answers: after the upload, the progress stays `sending`. */
  const sending = (store: UploadFile | undefined): Observable<SendStep> =>
    sendSteps(
      {
        link: { clientId: 'Tom', ...linkBy(() => NEVER) },
        bodies: bodyCodec(),
        outbox: undefined,
        clock: virtualClock,
        upload: store,
        kind: undefined,
        tell: () => undefined,
      },
      { conversationId: 'c', body: upload({ data: new Uint8Array([1]) }, file), token: 't', options: {} },
    );

  it('reports its upload from 0 to 1, then is sent like any other message', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const store$ = cold('-a-b-s-x', {
        a: { progress: 0.5 },
        b: { progress: 7 },
        s: { url: 'u' },
        x: { url: 'other' },
      });
      expectObservable(
        sending(() => store$),
        '^-------!',
      ).toBe('-u-U-g', {
        ...progress,
        U: { _tag: 'uploading', token: 't', progress: 1 },
      });
      expectSubscriptions(store$.subscriptions).toBe('^----!');
    });
  });

  it('errors if the file store errors, and if there is no file store', () => {
    const lost = new ConnectionLost('the store is away');
    marbles(({ expectObservable }) => {
      expectObservable(sending(() => throwError(() => lost))).toBe('#', undefined, lost);
      expectObservable(sending(undefined)).toBe(
        '#',
        undefined,
        new InvalidArgument('a file can only be sent with a store: give the realtime an upload option'),
      );
    });
  });

  it('needs no file store if it is text; in a chat room, receipt and pushData are errors', () => {
    marbles(({ expectObservable }) => {
      const outgoing = { conversationId: 'c', body: text('x'), token: 't', options: {} };
      const sender = {
        link: { clientId: 'Tom', ...linkBy(() => NEVER) },
        bodies: bodyCodec(),
        outbox: undefined,
        clock: virtualClock,
        upload: undefined,
        kind: 'room' as const,
        tell: () => undefined,
      };
      expectObservable(sendSteps(sender, outgoing), '^-!').toBe('g', progress);
      expectObservable(sendSteps(sender, { ...outgoing, options: { receipt: true } })).toBe(
        '#',
        undefined,
        new InvalidArgument('a chat room knows no receipts; leave out receipt'),
      );
      expectObservable(sendSteps(sender, { ...outgoing, options: { pushData: {} } })).toBe(
        '#',
        undefined,
        new InvalidArgument('a chat room pushes nothing; leave out pushData'),
      );
      expectObservable(sendSteps(sender, { ...outgoing, options: { priority: 'low' } }), '^-!').toBe('g', progress);
    });
  });
});
