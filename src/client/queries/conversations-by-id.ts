/** Asks the server about conversations. */
import { isLeft } from '../../../codecs/either.js';
import { map, mergeMap, of, type Observable } from 'rxjs';
import { ConvResults, readConversations, type ClientCommand, type ReadConversations } from '../../../codecs/index.js';
import { allOf } from '../all-of.js';
import type { Link } from '../link.js';

type Query = Extract<ClientCommand, { cmd: 'conv'; op: 'query' }>['convMessage'];

/**
 * Cold: runs one query. A conversation that can't be read, and parts that had to be altered, are reported as faults;
 * the others are returned. If they are too long for one answer, the server says so by `limit`, and the rest is asked
 * for.
 */
export const askConversations = (link: Link, convMessage: Query): Observable<ReadConversations> =>
  link.request({ cmd: 'conv', op: 'query', convMessage }, ConvResults).pipe(
    mergeMap((answer) => {
      const { results, limit: came } = answer.convMessage;
      const read = readConversations(results.data);
      if (isLeft(read)) throw read.left;
      const { infos, unreadable, altered } = read.right;
      for (const error of [...unreadable.map((one) => one.error), ...altered]) link.report?.({ _tag: 'Frame', error });
      const { skip = 0, limit = 0 } = convMessage;
      if (came === undefined || came < 1 || came >= limit) return of(read.right);
      return askConversations(link, { ...convMessage, skip: skip + came, limit: limit - came }).pipe(
        map((rest) => ({
          infos: infos.concat(rest.infos),
          unreadable: unreadable.concat(rest.unreadable),
          altered: altered.concat(rest.altered),
        })),
      );
    }),
  );

/** Temporary conversations have a field of their own in the query. */
const isTemporary = (id: string): boolean => id.startsWith('_tmp:');

const temporaryById = (link: Link, ids: readonly string[]): Observable<ReadConversations> =>
  askConversations(link, { tempConvIds: [...ids], limit: ids.length });

const ordinaryById = (link: Link, ids: readonly string[]): Observable<ReadConversations> =>
  askConversations(link, { where: { data: JSON.stringify({ objectId: { $in: ids } }) }, limit: ids.length, flag: 0 });

/** The server's answer about some ids. */
export interface LookedUp extends Omit<ReadConversations, 'altered'> {
  /** The ids that don't exist: they are neither in `infos` nor in `unreadable`. */
  readonly gone: readonly string[];
}

/** The part of an answer that is about the given ids. */
export const lookedUpOf = ({ infos, unreadable, gone }: LookedUp, ids: readonly string[]): LookedUp => {
  const wanted = new Set(ids);
  return {
    infos: infos.filter(({ id }) => wanted.has(id)),
    unreadable: unreadable.filter(({ id }) => id === undefined || wanted.has(id)),
    gone: gone.filter((id) => wanted.has(id)),
  };
};

/**
 * Cold: the conversations with these ids, in no particular order. Emits once, then completes (protocol: conv/query).
 */
export const conversationsById = (link: Link, ids: readonly string[]): Observable<LookedUp> => {
  const temporary = ids.filter(isTemporary);
  const others = ids.filter((id) => !isTemporary(id));
  const asked = [
    ...(temporary.length === 0 ? [] : [temporaryById(link, temporary)]),
    ...(others.length === 0 ? [] : [ordinaryById(link, others)]),
  ];
  return allOf(asked).pipe(
    map((answers) => {
      const infos = answers.flatMap((answer) => answer.infos);
      const unreadable = answers.flatMap((answer) => answer.unreadable);
      const there = new Set([...infos, ...unreadable].map(({ id }) => id));
      // A conversation that can't be read and has no id could be any of them. So no id counts as gone.
      return { infos, unreadable, gone: there.has(undefined) ? [] : ids.filter((id) => !there.has(id)) };
    }),
  );
};
