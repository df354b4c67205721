/**
 * The public names that the growth suite does not measure, each with the reason. A test compares this list and the
 * `covers` of the subjects with what the package exports, so that a new name can't be forgotten.
 */
export interface Uncovered {
  readonly reason: string;
  readonly names: readonly string[];
}

const of = (prefix: string, list: string): readonly string[] =>
  list
    .trim()
    .split(/\s+/)
    .map((name) => `${prefix}.${name}`);

export const uncovered: readonly Uncovered[] = [
  {
    reason: 'asked by the back end, one at a time; a deletion in memory moves the messages on its shorter side',
    names: [
      ...of('store', 'deleteMessage silenceUntil'),
      ...of('backEnd', 'memberCount mute unmute roles silenceFor deleteMessage clientCounts'),
    ],
  },
  {
    reason: 'looks at every conversation, in slices, and refuses to look at more than 200,000 messages',
    names: of('backEnd', 'messages'),
  },
  {
    reason: 'makes or reads one value, from its arguments only',
    names: of(
      'root',
      `text image audio video file location plain binary textOf upload uploadTo defineMessage exponential
      toRealtimeError user indexedDbOutbox pausableWebSocket createRealtime ofType atLeastOnce atMostOnce`,
    ),
  },
  {
    reason: 'one command with one answer; `conversation.count` shows that N at once are linear',
    names: [
      ...of('root', 'block unblock blocked silence unsilence silenced setRole createRoom createTemporaryConversation'),
      ...of('root', 'increment addToList addUniqueToList removeFromList'),
      ...of('conversation', 'recall edit remove join quit mute unmute read'),
      ...of('client', 'createConversation close'),
      ...of('room', 'send recall edit count update history trackSend'),
      ...of('realtime', 'login session close pause resume probe retry hold'),
    ],
  },
  {
    reason: 'a filter or a map of one item, or one shared subscription',
    names: of(
      'streams',
      'ofType messages membership modifications comparePositions isConversationEvent shareLatest withActivity',
    ),
  },
  {
    reason: 'one value that changes; nothing is kept for each change',
    names: [
      ...of('realtime', 'state$ connection$ faults$ capabilities$'),
      ...of('conversation', 'id receipts$'),
      ...of('room', 'id state$ online$'),
      ...of('client', 'id'),
    ],
  },
  {
    reason: 'bounded by the attributes of a conversation, or by its members with a role',
    names: [...of('streams', 'withAttributes'), ...of('root', 'roles')],
  },
];
