/** Starts the programs of an example, prepared as `npm run example:…` does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { filter, firstValueFrom, fromEvent, map, ReplaySubject, share, takeUntil, type Observable } from 'rxjs';

export interface Program {
  /** What it prints, line by line. Replays all lines. */
  readonly lines$: Observable<string>;
  /** Stops it, and resolves to its exit code when it has ended; null if a signal has ended it. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Lines that are kept. */
const LINES = 1_000;

export const startProgram = (file: string, args: readonly string[] = []): Program => {
  const child: ChildProcess = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('it has no output');
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const lines$ = fromEvent(createInterface(child.stdout), 'line').pipe(
    map(String),
    // Behind its last line, which may come after its exit.
    takeUntil(once(child, 'close')),
    share({ connector: () => new ReplaySubject(LINES), resetOnComplete: false }),
  );
  lines$.subscribe();
  return {
    lines$,
    stop: async (signal) => {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
};

/** The address that a program prints. */
export const addressOf = ({ lines$ }: Program): Promise<string> =>
  firstValueFrom(
    lines$.pipe(
      map((line) => /http:\S+/.exec(line)?.[0]),
      filter((address) => address !== undefined),
    ),
  );
