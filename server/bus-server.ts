/** What a server has to do with the other processes of its application, by its bus. */
import type { App } from './app.js';
import type { Bus, BusServer } from './bus.js';
import { Refusal } from './domain/refusal.js';
import { sendKeptWill } from './handlers/direct.js';
import { closeReason, GOING_AWAY } from './returns.js';
import type { Limits } from './options.js';
import type { ClientSocket } from './socket.js';
import type { InOrder } from './unsettled.js';

export interface BusServerOptions {
  readonly app: App;
  readonly clients: ReadonlySet<ClientSocket>;
  /** How many clients may come back to the other processes per second. */
  readonly returnsPerSecond: () => number;
  readonly publicUrl: BusServer['publicUrl'];
}

/** What the application is told of clients whose process has died. */
const LINE_BROKEN = 2;

export const busServerOf = ({ app, clients, returnsPerSecond, publicUrl }: BusServerOptions): BusServer => ({
  lapse: () => {
    const reason = closeReason('this process has lost its lease', clients.size, returnsPerSecond());
    for (const client of clients) {
      for (const session of client.sessions.values()) session.leaveWill();
      client.abandonTo(GOING_AWAY, reason);
    }
  },
  kick: (clientId, kicked) => {
    app.logins.kick(clientId, kicked)();
  },
  gone: (clientIds, wills) => {
    for (const peerId of clientIds) app.hooks.clientOffline({ peerId, closeCode: LINE_BROKEN });
    for (const will of wills)
      void sendKeptWill(app, will).catch((error: unknown) => {
        // A client that may not speak there any more has no will.
        if (!(error instanceof Refusal)) app.report(error);
      });
  },
  load: () => clients.size,
  publicUrl,
  report: app.report,
});

/** What the share of this process is. */
export interface Share {
  readonly isServing: () => boolean;
  readonly processes: () => number;
  /** What all clients may do together is divided by the processes. */
  readonly returnsPerSecond: () => number;
  /** The same order, in all processes together. */
  readonly alone: (inOrder: InOrder) => InOrder;
}

export const shareOf = (bus: Bus | undefined, { returnsPerSecond }: Pick<Limits, 'returnsPerSecond'>): Share => {
  const processes = (): number => bus?.processes?.() ?? 1;
  return {
    isServing: () => bus?.isServing?.() ?? true,
    processes,
    returnsPerSecond: () => returnsPerSecond / Math.max(1, processes()),
    alone: (inOrder) => (key, job) =>
      inOrder(key, () => (bus?.exclusively === undefined ? job() : bus.exclusively(key, job))),
  };
};
