/** Writes the conversations that the server has described to the log. */
import { concatMap, map, of, tap, type Observable } from 'rxjs';
import { toStored, type ConversationInfo } from '../../../codecs/index.js';
import { defined } from '../../../codecs/defined.js';
import type { ClientEvent } from '../../../streams/index.js';
import type { MessageReader } from '../../session/message-reader.js';
import { readHistory } from '../../session/push-events.js';
import { allOf } from '../all-of.js';
import type { ClientInternals } from '../internals.js';

type Snapshot = Extract<ClientEvent, { _tag: 'Snapshot' }>;

/**
 * Cold: emits a conversation as an entry of the log, with its last message if the server has sent one; then
 * completes.
 */
export const toSnapshot = (reader: MessageReader, info: ConversationInfo): Observable<Snapshot> => {
  const snapshot: Snapshot = { _tag: 'Snapshot', conversationId: info.id, info };
  const { lastMessage: last } = info;
  if (last === undefined) return of(snapshot);
  const { id, from, timestamp, patchTimestamp } = last;
  const item = { msgId: id, from, timestamp, ...defined({ patchTimestamp }), ...toStored(last) };
  return readHistory(reader, info.id, [item]).pipe(
    map(([lastMessage]) => ({ ...snapshot, ...defined({ lastMessage }) })),
  );
};

type Learner = Pick<ClientInternals, 'reader' | 'tell'>;

/** Writes conversations to the log, emits them, then completes. */
export const learn = (
  { reader, tell }: Learner,
  infos: readonly ConversationInfo[],
): Observable<readonly ConversationInfo[]> =>
  allOf(infos.map((info) => toSnapshot(reader, info))).pipe(
    tap((snapshots) => {
      snapshots.forEach(tell);
    }),
    map(() => infos),
  );

/** Writes a conversation to the log, then emits its handle. */
export const learned = <H>(
  client: Learner,
  info$: Observable<ConversationInfo>,
  toHandle: (id: string) => H,
): Observable<H> => info$.pipe(concatMap((info) => learn(client, [info]).pipe(map(() => toHandle(info.id)))));
