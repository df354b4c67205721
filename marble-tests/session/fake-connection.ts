/** A connection whose states, pushes and answers are drawn in a diagram. It records the commands that are written. */
import { NEVER, defer, filter, take, type Observable } from 'rxjs';
import type { ClientCommand, ServerCommand } from '../../codecs/index.js';
import type { Connection } from '../../src/connection/connection.js';
import type { ConnectionState } from '../../src/connection/state.js';
import { virtualClock } from '../marbles.js';
import { linkBy } from '../replies.js';

export interface FakeConnectionOptions {
  readonly state$: Observable<ConnectionState>;
  readonly pushes$?: Observable<ServerCommand>;
  readonly lease$?: Observable<never>;
  /** The answer to a command. It is called each time the command is written. */
  readonly answer: (command: ClientCommand) => Observable<ServerCommand>;
}

/** A command, and the virtual time at which it was written. */
export type Written = readonly [at: number, command: ClientCommand];

export const fakeConnection = ({
  state$,
  pushes$ = NEVER,
  lease$ = NEVER,
  answer,
}: FakeConnectionOptions): [connection: Connection, written: readonly Written[]] => {
  const written: Written[] = [];
  const write = (command: ClientCommand): void => {
    written.push([virtualClock.elapsed(), command]);
  };
  const nothing = (): void => undefined;
  const { ask, request } = linkBy((command, kind) =>
    defer(() => {
      write(command);
      return answer(command).pipe(
        filter((reply) => kind.is(reply)),
        take(1),
      );
    }),
  );
  return [
    {
      state$,
      lease$,
      events$: NEVER,
      sessionEvents$: NEVER,
      faults$: NEVER,
      capabilities$: NEVER,
      hold: () => NEVER,
      health: () => ({ retries: 0, framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, inFlight: 0 }),
      pushes: () => pushes$,
      ask,
      request,
      abandon: nothing,
      send: (command) => {
        write(command);
        return true;
      },
      retry: nothing,
      probe$: NEVER,
      pause: nothing,
      resume: nothing,
      close: nothing,
    },
    written,
  ];
};
