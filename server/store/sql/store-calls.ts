/** The calls of a store over a database, by the two ways to run one. */
import type { Changes, ReadCalls, ResultOf } from './calls.js';
import type { MovingStore } from '../store.js';
import { finding, type Read } from './find.js';

/** Runs a call that changes something. */
export type Change = <N extends Exclude<keyof Changes, 'place'>>(
  name: N,
) => (...args: Parameters<Changes[N]>) => Promise<ResultOf<N>>;

type StoreCalls = Omit<MovingStore, 'append' | 'isReachable' | 'close'>;

/** All calls but `append` and those that are about the database itself. */
export const storeCalls = (change: Change, read: Read, limits: Parameters<typeof finding>[1]): StoreCalls => {
  const look =
    <N extends keyof ReadCalls>(name: N) =>
    (...args: Parameters<ReadCalls[N]>): Promise<ResultOf<N>> =>
      read(name, ...args);
  return {
    createConversation: change('createConversation'),
    conversations: (ids) => read('conversations', ids),
    find: finding(read, limits),
    deleteConversation: change('deleteConversation'),
    addMembers: change('addMembers'),
    removeMembers: change('removeMembers'),
    updateConversation: change('updateConversation'),
    setMuted: change('setMuted'),
    setRole: change('setRole'),
    setListed: change('setListed'),
    silenceUntil: change('silenceUntil'),
    keepNotice: change('keepNotice'),
    modify: change('modify'),
    deleteMessage: change('deleteMessage'),
    acknowledge: change('acknowledge'),
    markRead: change('markRead'),
    openSession: change('openSession'),
    renewSession: change('renewSession'),
    rememberRoom: change('rememberRoom'),
    forgetSession: change('forgetSession'),
    forgetSessions: change('forgetSessions'),
    roles: look('roles'),
    hasRoles: look('hasRoles'),
    listed: look('listed'),
    whoIsListed: look('whoIsListed'),
    whoIsSilenced: look('whoIsSilenced'),
    standings: look('standings'),
    notices: look('notices'),
    speaking: look('speaking'),
    message: look('message'),
    history: look('history'),
    modifiedSince: look('modifiedSince'),
    receipts: look('receipts'),
    offline: look('offline'),
    unreadOf: look('unreadOf'),
    unread: look('unread'),
    session: look('session'),
    importConversations: change('importConversations'),
    importMessages: change('importMessages'),
    conversationPage: look('conversationPage'),
    importStandings: change('importStandings'),
    standingPage: look('standingPage'),
  };
};
