import type { Row } from './figures.js';

/** The lines of the table in bench/README.md. */
export const rows: readonly Row[] = [
  {
    label: 'messages in: ours to `leancloud`',
    bench: 'inbound',
    figure: 'ours',
    by: 'leancloud',
    wanted: { atLeast: 17 },
  },
  { label: 'messages in: ours to `decode`', bench: 'inbound', figure: 'ours', by: 'decode', wanted: { atLeast: 0.85 } },
  { label: 'messages in: `receive` to `decode`', bench: 'inbound', figure: 'receive', by: 'decode' },
  {
    label: 'messages of several kinds: ours to `leancloud`',
    bench: 'inbound --mixed',
    figure: 'ours',
    by: 'leancloud',
  },
  {
    label: 'messages of several kinds: ours to `decode`',
    bench: 'inbound --mixed',
    figure: 'ours',
    by: 'decode',
    wanted: { atLeast: 0.8 },
  },
  { label: '1,000 conversations to one', bench: 'demux', figure: 'ratio', wanted: { atLeast: 0.8 } },
  {
    label: 'a message in a list of 5,000 conversations, µs',
    bench: 'list',
    figure: 'oursUs',
    wanted: { atMost: 1_000 },
  },
  { label: 'the same, to sorting the array', bench: 'list', figure: 'oursUs', by: 'resortUs' },
  { label: 'room at 500/s: ours to `bare`', bench: 'room', figure: 'ours', by: 'bare', wanted: { atLeast: 0.7 } },
  { label: 'room: high messages dropped', bench: 'room', figure: 'droppedHigh', wanted: { atMost: 0 } },
  {
    label: 'isolation: slowdown by a flood over its rate',
    bench: 'isolation',
    figure: 'slowdown',
    wanted: { atMost: 0.2 },
  },
  {
    label: 'store, 64 senders in 1 conversation: SQLite to memory',
    bench: 'store',
    figure: '64 senders, 1 conversation.sqlite.perSecond',
    by: '64 senders, 1 conversation.memory.perSecond',
    wanted: { atLeast: 0.5 },
  },
  {
    label: 'the same, to SQLite with a commit for each message',
    bench: 'store',
    figure: '64 senders, 1 conversation.sqlite.perSecond',
    by: '64 senders, 1 conversation.sqlite, a commit for each.perSecond',
    wanted: { atLeast: 6 },
  },
  {
    label: 'store, 256 senders, 100 conversations: SQLite to memory',
    bench: 'store',
    figure: '256 senders, 100 conversations.sqlite.perSecond',
    by: '256 senders, 100 conversations.memory.perSecond',
    wanted: { atLeast: 0.5 },
  },
  {
    label: 'streams: the cost of `dropOldest`, `consume` to `concatMap`',
    bench: 'streams',
    figure: 'contests.dropOldest, consume.x',
  },
  {
    label: 'streams: the cost of `demultiplex` to `groupBy`',
    bench: 'streams',
    figure: 'contests.demultiplex, 100 keys: in one.x',
  },
  { label: 'growth: the highest exponent', bench: 'growth', figure: 'highest', wanted: { atMost: 1.15 } },
  { label: 'download of a small chat, bytes', bench: 'size', figure: 'small', wanted: { atMost: 36_000 } },
  { label: 'download of everything, bytes', bench: 'size', figure: 'all', wanted: { atMost: 50_000 } },
  { label: 'the same, to `leancloud`', bench: 'size', figure: 'all', by: 'leancloud' },
];
