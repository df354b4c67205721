/** Bounds the length of an answer. */
import { fitting } from '../../domain/cut.js';
import type { Answer } from '../respond.js';

const sizesOf = function* (items: readonly unknown[]): Iterable<number> {
  for (const item of items) yield Buffer.byteLength(JSON.stringify(item)) + 1;
};

/** The keys of lists in answers. */
const LISTS = ['results', 'result'] as const;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/**
 * The answer with as much of its list as fits into so many bytes, but at least one item. An object says by `hasMore`
 * that there is more; a list that is the whole answer can't.
 */
export const shortened = ([status, body]: Answer, most: number): Answer => {
  if (isList(body)) return [status, body.slice(0, fitting(sizesOf(body), most))];
  for (const key of LISTS) {
    const list: unknown = Reflect.get(body, key);
    if (!isList(list)) continue;
    const count = fitting(sizesOf(list), most);
    return count < list.length ? [status, { ...body, [key]: list.slice(0, count), hasMore: true }] : [status, body];
  }
  return [status, body];
};
