/** Brings what has come for sessions of this process to them, in the order of each conversation. */
import type { StoringMessage } from '../bus.js';
import { createHandedOut } from '../messages/handed-out.js';
import type { Notice } from '../notice.js';
import { createChains, type ChainsOptions } from './chains.js';
import type { Local } from './local.js';
import type { Parcel, Target } from './parcel.js';
import { noticeKey } from './sweeps.js';
import { COMMIT_TIME, LONGEST_TURN, soon } from './timing.js';

export interface Delivery {
  /** `about`: the conversation, if it is known. */
  readonly arrive: (parcel: Parcel, about?: string) => void;
  /** The store has a message of this time. Nobody needs what is up to `floor`. */
  readonly know: (conversationId: string, at: number, floor: number) => void;
  /** As `storing` of the bus. `isAlone`: there is no other process. */
  readonly storing: (message: StoringMessage, isAlone: boolean) => Promise<void> | undefined;
  /** A message of this process is handed out: its sender has its answer. */
  readonly handedOut: (notice: Notice) => void;
  /** The session that has sent a message, if it waits for its answer here. */
  readonly senderOf: (conversationId: string, at: number) => string | undefined;
  /** Whether a message of a system conversation, or a notice, was delivered lately. */
  readonly wasSeen: (key: string) => boolean;
  readonly stop: () => void;
}

export interface DeliveryOptions {
  readonly local: Local;
  readonly isServing: () => boolean;
  readonly read: ChainsOptions<Parcel>['read'];
  readonly report: (error: unknown) => void;
}

/** Messages and notices whose delivery is remembered. */
const SEEN = 50_000;
const MOST_STORING = 100_000;

/** The conversation that a push is about, if it has to keep its place among the messages. */
const subjectOf = (notice: Notice): string | undefined => {
  if (notice._tag !== 'Push') return undefined;
  if (notice.stored !== undefined) return notice.stored.conversationId;
  const { command } = notice;
  if (command.cmd === 'patch')
    return 'patchMessage' in command && 'patches' in command.patchMessage
      ? command.patchMessage.patches[0]?.cid
      : undefined;
  return command.cmd === 'conv' && 'cid' in command.convMessage ? command.convMessage.cid : undefined;
};

const keyOf = (conversationId: string, at: number): string => `${at} ${conversationId}`;

export const createDelivery = ({ local, isServing, read, report }: DeliveryOptions): Delivery => {
  const storing = new Map<string, string>();
  const seen = createHandedOut(SEEN);

  const note = (clientIds: readonly string[], notice: Notice): void => {
    if (notice._tag !== 'Push') return;
    const { command } = notice;
    if (command.cmd === 'direct') {
      const { id, transient } = command.directMessage;
      if (notice.stored === undefined && transient !== true) seen.add(id);
      return;
    }
    for (const clientId of clientIds) {
      const key = noticeKey(clientId, command);
      if (key !== undefined) seen.add(key);
    }
  };

  const deliver = ({ target, notice }: Parcel): void => {
    // What comes after a standstill may be for clients that are elsewhere by now.
    if (!isServing()) return;
    switch (target._tag) {
      case 'Clients':
        note(target.ids, notice);
        local.bus.publish(target.ids, notice);
        return;
      case 'Room':
        local.bus.publishRoom(target.id, notice);
        return;
      case 'Sessions':
        note([], notice);
        for (const session of target.sessions)
          if (local.sessionsOf(session.clientId).includes(session)) session.receive(notice);
    }
  };

  const floorOf = (target: Target): number => {
    if (target._tag === 'Room') return (local.roomSince(target.id) ?? Infinity) - COMMIT_TIME;
    const here = target._tag === 'Clients' ? target.ids.flatMap(local.sessionsOf) : target.sessions;
    return here.reduce((least, { since }) => Math.min(least, since), Infinity) - COMMIT_TIME;
  };

  const chains = createChains<Parcel | (() => void)>({
    deliver: (item) => {
      if (typeof item === 'function') item();
      else deliver(item);
    },
    read,
    report,
  });

  return {
    arrive: (parcel, about = subjectOf(parcel.notice)) => {
      if (about === undefined) deliver(parcel);
      else {
        const link = parcel.notice._tag === 'Push' ? parcel.notice.stored : undefined;
        chains.arrive(about, parcel, link, () => floorOf(parcel.target));
      }
    },
    know: chains.know,

    storing: ({ conversationId, at, prev, from, except, receivers, isRoom, isRepeated = false }, isAlone) => {
      if (except === undefined) return undefined;
      if (storing.size >= MOST_STORING) storing.clear();
      if (!isRepeated) storing.set(keyOf(conversationId, at), except);
      // Who does not get messages of the conversation has nothing to wait for.
      if (isAlone || !(isRoom ? local.isIn(conversationId, from) : local.has(from))) return undefined;
      const target = (): Target =>
        isRoom ? { _tag: 'Room', id: conversationId } : { _tag: 'Clients', ids: receivers.filter(local.has) };
      const turn: { isNow: boolean; begin: () => void } = { isNow: false, begin: () => undefined };
      const begin = (): void => {
        turn.isNow = true;
        turn.begin();
      };
      if (isRepeated) chains.behind(conversationId, at, begin);
      else chains.own(conversationId, at, prev, begin, () => floorOf(target()));
      if (turn.isNow) return undefined;
      return new Promise((resolve) => {
        const late = soon(LONGEST_TURN, resolve);
        turn.begin = () => {
          clearTimeout(late);
          resolve();
        };
      });
    },
    handedOut: (notice) => {
      if (notice._tag !== 'Push' || notice.stored === undefined) return;
      storing.delete(keyOf(notice.stored.conversationId, notice.stored.at));
    },
    senderOf: (conversationId, at) => storing.get(keyOf(conversationId, at)),
    wasSeen: seen.has,
    stop: chains.stop,
  };
};
