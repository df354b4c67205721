import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A child process of a benchmark. It ends when the benchmark ends. */
export interface Child {
  send(message: object): void;
  /** The next message from the child. Rejects if the child ends first, or sends nothing for so many ms. */
  next<A>(kind: t.Type<A, unknown>, patience?: number): Promise<A>;
  stop(): void;
}

const PATIENCE = 60_000;

/** Starts a module of this folder as a child process, in plain Node. The benchmarks are compiled before they run. */
export const start = (module: string, ...args: readonly string[]): Child => {
  const name = [module, ...args].join(' ');
  const child = fork(fileURLToPath(new URL(module.replace(/ts$/, 'js'), import.meta.url)), args);
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${name} has ended with status ${String(code)}`)),
  );
  // Only next() handles the error.
  ended.catch(() => undefined);
  return {
    send: (message) => {
      child.send(message);
    },
    next: async (kind, patience = PATIENCE) => {
      const message = once(child, 'message', { signal: AbortSignal.timeout(patience) }).catch((cause: unknown) => {
        throw new Error(`${name} has said nothing for ${patience / 1000} s: did messages get lost?`, { cause });
      });
      const [value] = (await Promise.race([message, ended])) as readonly unknown[];
      const decoded = kind.decode(value);
      if (E.isLeft(decoded)) throw new Error(`${name} said ${JSON.stringify(value)}`);
      return decoded.right;
    },
    stop: () => {
      child.disconnect();
    },
  };
};
