/** The middlewares of all plugins, one after the other. */
import {
  catchError,
  defer,
  from,
  isObservable,
  map,
  mergeMap,
  of,
  throwIfEmpty,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import type { WireBody } from '../../codecs/index.js';
import type { Message } from '../../streams/index.js';
import type { Clock } from '../clock.js';
import { InvalidArgument, toRealtimeError } from '../errors.js';
import type { Fault } from '../faults.js';
import { inTime } from '../in-time.js';
import type { Pipeline } from '../session/message-reader.js';
import type { Plugin } from './plugin.js';

export interface PipelineOptions {
  /** How long a plugin may take for one message, ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly report: (fault: Fault) => void;
}

type Hook = 'beforeParse' | 'afterParse';

/** The hook of one plugin. */
interface Middleware<A> {
  readonly plugin: string;
  readonly run: (value: A) => A | ObservableInput<A>;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isInput = <A>(value: A | ObservableInput<A>): value is ObservableInput<A> =>
  isObservable(value) ||
  (isObject(value) &&
    ['then', 'subscribe', 'getReader', Symbol.iterator, Symbol.asyncIterator].some((key) => key in value));

const ended = (): InvalidArgument => new InvalidArgument('it ended without an answer');

const isContent = (value: unknown): value is WireBody =>
  isObject(value) &&
  (!('msg' in value) || typeof value.msg === 'string') &&
  (!('binaryMsg' in value) || value.binaryMsg instanceof Uint8Array);

const isMessage = (value: unknown): value is Message =>
  isObject(value) && 'body' in value && isObject(value.body) && '_tag' in value.body;

const through =
  <A>(
    hook: Hook,
    middlewares: readonly Middleware<A>[],
    isValid: (value: unknown) => value is A,
    options: PipelineOptions,
  ) =>
  (value: A): Observable<A> => {
    const { timeout, clock, report } = options;
    const late = (): InvalidArgument => new InvalidArgument(`it did not answer within ${timeout} ms`);
    const pass = ({ plugin, run }: Middleware<A>, before: A): Observable<A> =>
      defer(() => {
        const answer = run(before);
        return isInput(answer) ? from(answer).pipe(throwIfEmpty(ended), inTime(clock, timeout, late)) : of(answer);
      }).pipe(
        map((answer) => {
          if (!isValid(answer))
            throw new InvalidArgument(`what it answers is no ${hook === 'beforeParse' ? 'message body' : 'message'}`);
          return answer;
        }),
        catchError((thrown: unknown) => {
          report({ _tag: 'Plugin', plugin, hook, error: toRealtimeError(thrown) });
          return of(before);
        }),
      );
    return middlewares.reduce(
      (current$, middleware) => current$.pipe(mergeMap((current) => pass(middleware, current))),
      of(value),
    );
  };

/** The pipeline of the plugins; `undefined` if none of them reads messages. */
export const createPipeline = (plugins: readonly Plugin[], options: PipelineOptions): Pipeline | undefined => {
  const before = plugins.flatMap(({ name, beforeParse }): Middleware<WireBody>[] =>
    beforeParse === undefined ? [] : [{ plugin: name, run: beforeParse }],
  );
  const after = plugins.flatMap(({ name, afterParse }): Middleware<Message>[] =>
    afterParse === undefined ? [] : [{ plugin: name, run: afterParse }],
  );
  if (before.length === 0 && after.length === 0) return undefined;
  const changed = through('afterParse', after, isMessage, options);
  return {
    content: through('beforeParse', before, isContent, options),
    message: (message) =>
      changed(message).pipe(
        map((result) => {
          const { id, conversationId, from: sender, timestamp, transient } = message;
          return { ...result, id, conversationId, from: sender, timestamp, transient };
        }),
      ),
  };
};
