/** What happens to an entry of the log on its way into the archive. Both stages are stubs: put your services here. */
import { delay, filter, map, mergeMap, of, pipe, type Observable, type OperatorFunction } from 'rxjs';
import { textOf, type LogEntry, type Message } from 'rx-realtime';
import type { Row } from './archive.js';

/** Words that hold a message back. */
const HELD_BACK = /\b(?:cat|猫)\b/iu;

/** A service that takes its time, ms. */
const LATENCY = 15;
/** How many texts are translated at the same time. */
const AT_ONCE = 50;

/** Stub of a service: "what a start" becomes "tahw a trats". */
const translated = (text: string): Observable<string> =>
  of(text.replace(/\p{L}+/gu, (word) => Array.from(word).reverse().join(''))).pipe(delay(LATENCY));

/** Messages, edits and recalls. What else the log has (members, attributes) is not archived. */
const isWritten = (entry: LogEntry): entry is Extract<LogEntry, { readonly message: Message }> => 'message' in entry;

const rows = (): OperatorFunction<LogEntry, Row> =>
  pipe(
    filter(isWritten),
    map(({ _tag, message: { id, timestamp, from: author, body } }) => ({
      ...{ id, timestamp, author },
      text: textOf(body) ?? null,
      translation: null,
      verdict: _tag === 'Recall' || body._tag === 'Recalled' ? 'recalled' : 'ok',
    })),
  );

const moderation = (): OperatorFunction<Row, Row> =>
  map((row) => (HELD_BACK.test(row.text ?? '') ? { ...row, verdict: 'held back' } : row));

/** Rows may change their places: each has its id and its time. */
const translation = (): OperatorFunction<Row, Row> =>
  mergeMap(
    (row) =>
      row.verdict === 'ok' && row.text !== null
        ? translated(row.text).pipe(map((text) => ({ ...row, translation: text })))
        : of(row),
    AT_ONCE,
  );

export const stages = (): OperatorFunction<LogEntry, Row> => pipe(rows(), moderation(), translation());
