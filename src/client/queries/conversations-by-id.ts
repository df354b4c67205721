/** What the server says of conversations. */
import { isLeft } from '../../../codecs/either.js';
import { defaultIfEmpty, forkJoin, map, type Observable } from 'rxjs';
import { ConvResults, readConversations, type ClientCommand, type ReadConversations } from '../../../codecs/index.js';
import type { Link } from '../link.js';

type Query = Extract<ClientCommand, { cmd: 'conv'; op: 'query' }>['convMessage'];

/** What can't be read is a fault, and takes nothing else with it. */
export const askConversations = (link: Link, convMessage: Query): Observable<ReadConversations> =>
  link.request({ cmd: 'conv', op: 'query', convMessage }, ConvResults).pipe(
    map((answer) => {
      const read = readConversations(answer.convMessage.results.data);
      if (isLeft(read)) throw read.left;
      for (const { error } of read.right.unreadable) link.report?.({ _tag: 'Frame', error });
      return read.right;
    }),
  );

/** Temporary conversations are asked for by their ids, in a field of their own. */
const isTemporary = (id: string): boolean => id.startsWith('_tmp:');

const temporaryById = (link: Link, ids: readonly string[]): Observable<ReadConversations> =>
  askConversations(link, { tempConvIds: [...ids], limit: ids.length });

const ordinaryById = (link: Link, ids: readonly string[]): Observable<ReadConversations> =>
  askConversations(link, { where: { data: JSON.stringify({ objectId: { $in: ids } }) }, limit: ids.length, flag: 0 });

/** What the server says of the conversations of some ids. */
export interface LookedUp extends ReadConversations {
  /** Ids of those that don't exist: neither described nor unreadable. */
  readonly gone: readonly string[];
}

/** What it says of some of the ids. */
export const lookedUpOf = ({ infos, unreadable, gone }: LookedUp, ids: readonly string[]): LookedUp => {
  const wanted = new Set(ids);
  return {
    infos: infos.filter(({ id }) => wanted.has(id)),
    unreadable: unreadable.filter(({ id }) => id === undefined || wanted.has(id)),
    gone: gone.filter((id) => wanted.has(id)),
  };
};

/** Cold: the conversations of these ids that exist, in no particular order (protocol: conv/query). */
export const conversationsById = (link: Link, ids: readonly string[]): Observable<LookedUp> => {
  const temporary = ids.filter(isTemporary);
  const others = ids.filter((id) => !isTemporary(id));
  const asked = [
    ...(temporary.length === 0 ? [] : [temporaryById(link, temporary)]),
    ...(others.length === 0 ? [] : [ordinaryById(link, others)]),
  ];
  return forkJoin(asked).pipe(
    defaultIfEmpty([]),
    map((answers) => {
      const infos = answers.flatMap((answer) => answer.infos);
      const unreadable = answers.flatMap((answer) => answer.unreadable);
      const there = new Set([...infos, ...unreadable].map(({ id }) => id));
      // Which one it is that can't be read and has no id, nobody knows: any of them.
      return { infos, unreadable, gone: there.has(undefined) ? [] : ids.filter((id) => !there.has(id)) };
    }),
  );
};
