/** Client and conversation handles that are built from parts given by the test. */
import { either as E } from 'fp-ts';
import { EMPTY, NEVER, of } from 'rxjs';
import { text } from '../../codecs/index.js';
import { limitsOf } from '../../src/limits.js';
import { clientState } from '../../src/client/client-state.js';
import { changeMark } from '../../src/session/change-mark.js';
import type { Client } from '../../src/client/client.js';
import type { Conversation } from '../../src/client/conversation/conversation.js';
import { createWishes } from '../../src/client/conversation/wishes.js';
import {
  carryClient,
  carryConversation,
  type ClientInternals,
  type ConversationInternals,
} from '../../src/client/internals.js';
import { virtualClock } from '../marbles.js';
import { linkBy } from '../replies.js';

/** The parts of a client on which nothing happens. The given parts replace the idle ones. */
export const clientInternals = (parts: Partial<ClientInternals> = {}): ClientInternals => ({
  link: { clientId: 'Tom', ...linkBy(() => NEVER), sign: () => of({}) },
  reader: {
    self: 'Tom',
    bodies: { decode: () => text('squeak'), encode: () => E.right({}) },
    report: () => undefined,
    pipeline: undefined,
  },
  state: clientState('Tom', EMPTY, { clock: virtualClock, limits: limitsOf(), report: () => undefined })[0],
  log$: NEVER,
  open$: NEVER,
  clock: virtualClock,
  grace: 0,
  outbox: undefined,
  restored$: EMPTY,
  upload: undefined,
  catchUp: { pageAfter: () => EMPTY, pageSize: 2, catchUpLimit: 100, onFailure: () => undefined },
  serverTime: () => 0,
  mint: () => 't',
  tell: () => undefined,
  changes: changeMark(),
  report: () => undefined,
  api: { appId: 'app', appKey: undefined, api: undefined, server: 'ws://api', fetch: undefined },
  token: () => undefined,
  wishes: createWishes(),
  room: { current: undefined },
  conversation: (id) => conversationHandle({ id }),
  ...parts,
});

/** A conversation handle that has only these parts. */
export const conversationHandle = (
  parts: Partial<Omit<ConversationInternals, 'client'>> & { readonly client?: Partial<ClientInternals> },
): Conversation =>
  carryConversation({
    id: 'c',
    events$: NEVER,
    ...parts,
    client: clientInternals(parts.client),
  }) as unknown as Conversation;

/** A client handle that has only these parts. */
export const clientHandle = (parts: Partial<ClientInternals>): Client => {
  const internals = clientInternals(parts);
  return { ...carryClient(internals), id: 'Tom', conversation: internals.conversation } as unknown as Client;
};
