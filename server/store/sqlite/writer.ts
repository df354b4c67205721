/** The store's side of the thread that writes. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { StoreFailure } from '../store-failure.js';
import type { Calls, ResultOf } from '../sql/calls.js';
import { errorOf, type Asked, type Request, type Said, type Task } from './protocol.js';

export interface Writer {
  /** The version of SQLite. */
  readonly version: string;
  /** Carries a call out. It resolves when the call is committed. Calls are carried out in their order. */
  readonly call: <N extends keyof Calls>(name: N, ...args: Parameters<Calls[N]>) => Promise<ResultOf<N>>;
  /** Deletes a slice of what has ended at this time, ms since 1970. */
  readonly sweep: (at: number) => Promise<void>;
  /** Copies the database to a new file. */
  readonly backup: (target: string) => Promise<void>;
  /** Resolves when all calls have been carried out and the database is closed. */
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What to do if the file of the thread is not there, as beside a program that was bundled into one file. */
const missingFile = (file: URL): StoreFailure | undefined => {
  // A bundler may have put something else in its place.
  if (file.protocol !== 'file:' || existsSync(file)) return undefined;
  return new StoreFailure(
    `${fileURLToPath(file)} is missing: the store in SQLite starts a thread with it. Copy this file there from rx-realtime: ` +
      'dist/bundled/server/store/sqlite/worker.mjs',
    'ERR_MODULE_NOT_FOUND',
  );
};

/** Starts a thread. Resolves when it has said that it is ready. */
const start = async (task: Task): Promise<{ readonly worker: Worker; readonly version: string }> => {
  // Only now, since `import.meta` stops tools that run CommonJS, such as Jest. Most tests open no file.
  const { workerFile } = await import('./worker-file.js');
  return new Promise((resolve, reject) => {
    // Not with the options of this process: some make no sense for a file, such as those of `node -e`.
    const worker = new Worker(workerFile, { workerData: task, execArgv: [] });
    worker.once('error', (error) => {
      reject(missingFile(workerFile) ?? error);
    });
    worker.once('exit', () => {
      reject(new StoreFailure('the thread of the store has ended before it was ready'));
    });
    worker.once('message', (said: Said) => {
      if (said._tag === 'Ready') resolve({ worker, version: said.version });
      else if (said._tag === 'Broken') reject(errorOf(said.failure));
    });
  });
};

/** Copies a database to a new file, while others use it. */
export const copyBeside = async (file: string, target: string): Promise<void> => {
  const { worker } = await start({ _tag: 'Backup', file, target });
  await worker.terminate();
};

export interface WriterOptions {
  /** The time of the calls, ms since 1970. */
  readonly now: () => number;
  /** Called if the thread ends by itself: then nothing can be stored any more. */
  readonly report: (error: Error) => void;
}

/** Starts the writer. */
export const startWriter = async (task: Task, { now, report }: WriterOptions): Promise<Writer> => {
  const { worker, version } = await start(task);
  const waiting = new Map<number, Waiting>();
  let ended: Error | undefined;
  let isClosing = false;
  let lastId = 0;
  /** Calls of this turn of the event loop, which are sent together: many sockets may have brought them. */
  let unsent: Request[] = [];
  let isSending = false;

  const say = (asked: Asked): void => {
    worker.postMessage(asked);
  };

  const add = (entry: Waiting): number => {
    lastId += 1;
    // The thread keeps the process alive only while it is waited for.
    if (waiting.size === 0) worker.ref();
    waiting.set(lastId, entry);
    return lastId;
  };

  const settle = (id: number): Waiting | undefined => {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0 && !isClosing) worker.unref();
    return entry;
  };

  /** Something that is no plain data, such as a function among attributes, fails its own call and no other. */
  const sayAll = (requests: readonly Request[]): void => {
    const [first] = requests;
    if (first === undefined) return;
    try {
      say({ _tag: 'Requests', requests });
    } catch (cause) {
      if (requests.length > 1) for (const request of requests) sayAll([request]);
      else
        settle(first.id)?.reject(
          new StoreFailure(`${first.name} has something that is no plain data`, undefined, {
            cause,
            isUnchanged: true,
          }),
        );
    }
  };

  const send = (): void => {
    const requests = unsent;
    unsent = [];
    isSending = false;
    sayAll(requests);
  };

  const end = (error: Error): void => {
    if (ended !== undefined) return;
    ended = error;
    for (const id of [...waiting.keys()]) settle(id)?.reject(error);
    if (!isClosing) report(error);
  };

  worker.on('message', (said: Said) => {
    if (said._tag !== 'Outcomes') return;
    for (const outcome of said.outcomes) {
      const entry = settle(outcome.id);
      if (outcome._tag === 'Done') entry?.resolve(outcome.result);
      else entry?.reject(errorOf(outcome.failure));
    }
  });
  worker.on('error', (cause) => {
    end(new StoreFailure('the thread of the store has failed; restart the server', undefined, { cause }));
  });
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      end(new StoreFailure('the store is closed'));
      resolve();
    });
  });
  worker.unref();

  const callAt = <N extends keyof Calls>(at: number, name: N, ...args: Parameters<Calls[N]>): Promise<ResultOf<N>> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined || isClosing) {
        reject(ended ?? new StoreFailure('the store is closed'));
        return;
      }
      // The thread gives what the call of this name gives.
      const id = add({ resolve: resolve as (result: unknown) => void, reject });
      unsent.push({ id, at, name, args });
      if (isSending) return;
      isSending = true;
      setImmediate(send);
    });

  return {
    version,

    call: (name, ...args) => callAt(now(), name, ...args),
    sweep: (at) => callAt(at, 'sweep'),

    backup: (target) =>
      new Promise<void>((resolve, reject) => {
        if (ended !== undefined || isClosing) {
          reject(ended ?? new StoreFailure('the store is closed'));
          return;
        }
        const entry: Waiting = {
          resolve: () => {
            resolve();
          },
          reject,
        };
        send();
        say({ _tag: 'Backup', id: add(entry), target });
      }),

    close: async () => {
      if (!isClosing && ended === undefined) {
        isClosing = true;
        worker.ref();
        send();
        say({ _tag: 'Close' });
      }
      await exited;
    },
  };
};
