/** What the server says of many conversations, asked for in as few queries as it allows. */
import { concatMap, from, map, toArray, type Observable } from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';

/** What the server says of conversations: what can't be read is in neither list. */
interface LookedUp {
  /** As the server describes them now. */
  readonly infos: readonly ConversationInfo[];
  /** Ids of those that don't exist. */
  readonly gone: readonly string[];
}

export type LookUp = (ids: readonly string[]) => Observable<LookedUp>;

/** The same, by id. */
export interface Known {
  readonly infos: ReadonlyMap<string, ConversationInfo>;
  readonly gone: ReadonlySet<string>;
}

export const NOTHING_KNOWN: Known = { infos: new Map(), gone: new Set() };

const IDS_IN_ONE_QUERY = 100;

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** Cold: all that the server says of these conversations, one query after the other; emits once, then completes. Errors as `lookUp` does. */
export const lookUpAll = (ids: readonly string[], lookUp: LookUp): Observable<Known> =>
  from(chunks(ids, IDS_IN_ONE_QUERY)).pipe(
    concatMap((some) => lookUp(some)),
    toArray(),
    map((answers) => ({
      infos: new Map(answers.flatMap(({ infos }) => infos.map((info) => [info.id, info]))),
      gone: new Set(answers.flatMap(({ gone }) => gone)),
    })),
  );
