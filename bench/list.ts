/**
 * `npm run bench:list`: what one message costs a list of 5,000 conversations, compared with sorting the whole list,
 * and with copying the array, which every immutable list has to do.
 */
import { Subject, of } from 'rxjs';
import {
  conversationsReducer,
  keyedState,
  lastMessagesReducer,
  recentConversations,
  unreadReducer,
  type ClientEvent,
  type ConversationListItem,
} from 'rx-realtime/streams';
import { median } from './rounds.js';

const CONVERSATIONS = 5_000;
const MESSAGES = 1_000;
const ROUNDS = 15;

const log = new Subject<ClientEvent>();
const [conversations] = keyedState(log, conversationsReducer);
const [lastMessages] = keyedState(log, lastMessagesReducer);
const [unread] = keyedState(
  log,
  unreadReducer('reader', () => true),
);

let shown: readonly ConversationListItem[] = [];
/** Each message is an update of its own: updates can't be combined into one array. */
log
  .pipe(recentConversations({ self: 'reader', conversations, lastMessages, unread, turn: () => of(0) }))
  .subscribe((items) => {
    shown = items;
  });

const idOf = (index: number): string => `conversation-${index}`;
for (let index = 0; index < CONVERSATIONS; index += 1) {
  const info = { id: idOf(index), kind: 'ordinary', members: ['reader'], createdAt: index, attributes: {} } as const;
  log.next({ _tag: 'Snapshot', conversationId: info.id, info });
}

let time = CONVERSATIONS;
/** A message in a random conversation of the list. */
const message = (): ClientEvent => {
  time += 1;
  const conversationId = idOf((time * 7_919) % CONVERSATIONS);
  const content = {
    from: 'sender',
    body: { _tag: 'Text', text: 'hello' },
    transient: false,
    mentions: [],
    mentionsAll: false,
    mentioned: false,
  } as const;
  return {
    _tag: 'Message',
    conversationId,
    message: { id: `m${time}`, conversationId, timestamp: time, ...content },
    origin: 'live',
  };
};

/** The time of one step, as the mean of many steps, microseconds. */
const timeEach = (step: () => void): number => {
  const start = performance.now();
  for (let index = 0; index < MESSAGES; index += 1) step();
  return ((performance.now() - start) * 1_000) / MESSAGES;
};

const ours = (): void => {
  const [before] = shown;
  log.next(message());
  if (shown[0] === before || shown.length !== CONVERSATIONS)
    throw new Error('the conversation of the message should be the first');
};

/** The naive way: replaces the changed item and sorts the whole array. */
const resort = (): void => {
  const changed = shown[(time * 7_919) % CONVERSATIONS];
  time += 1;
  shown = shown
    .map((item) => (item === changed ? { ...item, activeAt: time } : item))
    .sort((a, b) => b.activeAt - a.activeAt);
};

let copies = 0;
const copy = (): void => {
  copies += shown.slice().length;
};

const contenders = { ours, resort, copy };
const times = { ours: [] as number[], resort: [] as number[], copy: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of ['ours', 'resort', 'copy'] as const) times[name].push(timeEach(contenders[name]));
  // Discards the changes that the naive way has made to the array.
  log.next(message());
}
const [oursUs, resortUs, copyUs] = [median(times.ours), median(times.resort), median(times.copy)].map((us) =>
  Number(us.toFixed(2)),
);
console.log(
  `Microseconds for a message; ${CONVERSATIONS} conversations, ${ROUNDS} rounds of ${MESSAGES} messages; ${copies} items copied; Node ${process.version}`,
);
console.log(JSON.stringify({ oursUs, resortUs, copyUs }));
