/** Timelines, and what orders or splits a log. */
import { Subject, of } from 'rxjs';
import {
  atLeastOnce,
  atMostOnce,
  concatMapByKey,
  demultiplex,
  logEntries,
  outgoing,
  versions,
  type ClientEvent,
  type ConversationEvent,
  type Message,
} from 'rx-realtime/streams';
import { arrived, edited, idOf, message, outgoingEntry } from './entries.js';
import { times, type Subject as Measured, type Work } from './subject.js';

import { PAGE, ended, messages, through, timelineOf, turns } from './pipelines.js';

const subjects: readonly Measured[] = [
  {
    name: 'timelineReducer, N live messages',
    covers: ['streams.timelineReducer', 'streams.toTimeline'],
    prepare: (size) =>
      timelineOf(
        times(size).map((number) => arrived(number)),
        1_000,
      ),
  },
  {
    name: 'timelineReducer, N older messages in pages',
    covers: ['streams.timelineReducer'],
    prepare: (size) =>
      timelineOf(
        times(size / PAGE).map((page) => ({
          _tag: 'Older',
          messages: messages(PAGE).map((one, index) => {
            const number = size - (page + 1) * PAGE + index;
            return { ...one, ...message(number) };
          }),
          hasOlder: true,
        })),
        1_000_000,
      ),
  },
  {
    name: 'timelineReducer, the newest page of N messages',
    covers: ['streams.timelineReducer'],
    prepare: (size) => timelineOf([{ _tag: 'Newest', messages: messages(size), hasOlder: true }], 1_000_000),
  },
  {
    name: 'timelineReducer, N messages that are being sent, then are',
    covers: ['streams.timelineReducer'],
    prepare: (size) =>
      timelineOf(
        times(size)
          .map((number) => outgoingEntry(number, false))
          .concat(times(size).map((number) => outgoingEntry(number, true))),
        1_000,
      ),
  },
  {
    name: 'outgoing, N messages are sent, then stored, outbox$ watched',
    covers: ['streams.outgoing'],
    prepare: (size: number): Work => {
      const log = new Subject<ClientEvent>();
      const { turn, end } = turns();
      const [{ outbox$ }, subscription] = outgoing(log, turn);
      const watch = outbox$.subscribe();
      return {
        run: () => {
          for (const isSent of [false, true]) {
            for (const number of times(size)) log.next(outgoingEntry(number, isSent));
            end();
          }
        },
        end: ended([subscription, watch]),
      };
    },
  },
  {
    name: 'versions of N messages, each edited',
    covers: ['streams.versions', 'streams.latestVersion'],
    prepare: (size) =>
      through<ClientEvent, unknown>(
        [...times(size).map((number) => arrived(number)), ...times(size).map((number) => edited(number))],
        versions(),
      ),
  },
  {
    name: 'logEntries, N missing messages while N live ones come',
    covers: ['streams.logEntries'],
    prepare: (size: number): Work => {
      const live = new Subject<ConversationEvent>();
      const missing = new Subject<ConversationEvent>();
      const watch = live.pipe(logEntries({ since: { timestamp: 0, id: '' }, missing$: missing })).subscribe();
      return {
        run: () => {
          for (const number of times(size)) live.next(arrived(size + number));
          for (const number of times(size)) missing.next(arrived(number));
          missing.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'logEntries, N live messages in the reverse order wait',
    covers: ['streams.logEntries'],
    prepare: (size: number): Work => {
      const live = new Subject<ConversationEvent>();
      const missing = new Subject<ConversationEvent>();
      const watch = live.pipe(logEntries({ since: { timestamp: 0, id: '' }, missing$: missing })).subscribe();
      return {
        run: () => {
          for (const number of times(size)) live.next(arrived(2 * size - number));
          missing.next(arrived(3 * size));
          missing.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'atMostOnce and atLeastOnce, N entries wait',
    covers: ['streams.atMostOnce', 'streams.atLeastOnce'],
    prepare: (size: number): Work => {
      const items = times(size).map((number) => ({ position: message(number) }));
      return through(items, (source$) =>
        source$.pipe(
          atMostOnce(() => of(1)),
          atLeastOnce({ project: () => of(1), commit: () => of(1) }),
        ),
      );
    },
  },
  {
    name: 'demultiplex, N keys with a subscriber each',
    covers: ['streams.demultiplex'],
    prepare: (size: number): Work => {
      const source = new Subject<Message>();
      const [of, subscription] = demultiplex(source, ({ conversationId }) => conversationId);
      const watches = times(size).map((number) => of(idOf(number)).subscribe());
      const items = times(size).map((number) => message(number, idOf(number)));
      return {
        run: () => {
          for (const item of items) source.next(item);
          for (const watch of watches) watch.unsubscribe();
        },
        end: ended([subscription]),
      };
    },
  },
  {
    name: 'concatMapByKey, N items of one key wait',
    covers: ['streams.concatMapByKey'],
    prepare: (size: number): Work => {
      const gate = new Subject<number>();
      const source = new Subject<number>();
      const watch = source
        .pipe(
          concatMapByKey(
            () => 'key',
            (item) => ({ later: item === 0 ? gate : of(item) }),
          ),
        )
        .subscribe();
      return {
        run: () => {
          for (const item of times(size)) source.next(item);
          gate.complete();
        },
        end: ended([watch]),
      };
    },
  },
  {
    name: 'concatMapByKey, N keys are busy',
    covers: ['streams.concatMapByKey'],
    prepare: (size: number): Work => {
      const gates = times(size).map(() => new Subject<number>());
      const source = new Subject<number>();
      const watch = source
        .pipe(concatMapByKey(String, (item: number) => ({ later: gates[item] ?? of(item) })))
        .subscribe();
      return {
        run: () => {
          for (const item of times(size)) source.next(item);
          for (const gate of gates) gate.complete();
        },
        end: ended([watch]),
      };
    },
  },
];
export { subjects as logSubjects };
