/** Comments with their times: some made up, and real ones where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';

const Comment = t.type({
  t: t.number,
  text: t.string,
  kind: t.keyof({ danmaku: null, chat: null, gift: null, superchat: null }),
});
export type Comment = t.TypeOf<typeof Comment>;

const FILES = ['danmaku_bilibili_50min', 'live_twitch_burst', 'live_youtube_superchat'];

const read = (name: string): readonly Comment[] => {
  const file = new URL(`../../../shared/data/${name}.jsonl`, import.meta.url);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const comment = Comment.decode(JSON.parse(line));
      if (E.isLeft(comment)) throw new Error(`${name}: ${line} is no comment`);
      return comment.right;
    });
};

/**
 * A cluster of 40 every 2.7 s for 15 minutes. One in 500 is a gift, and one in 500 a superchat: at 100 times their
 * speed that is six a second, which a screen that shows ten a second has room for.
 */
const madeUp = (): readonly Comment[] =>
  Array.from({ length: 13_320 }, (_, index): Comment => {
    const kind = index % 500 === 0 ? 'superchat' : index % 250 === 0 ? 'gift' : index % 3 === 0 ? 'chat' : 'danmaku';
    return { t: Math.floor(index / 40) * 2_700 + (index % 40) * 11, text: `comment ${String(index)}`, kind };
  });

export interface CommentLog {
  readonly origin: 'made up' | 'real';
  /** By time, ms from the first. */
  readonly comments: readonly Comment[];
}

export const commentLogs = (): readonly CommentLog[] => {
  const real = FILES.flatMap(read).toSorted((a, b) => a.t - b.t);
  return [
    { origin: 'made up', comments: madeUp() },
    ...(real.length > 0 ? [{ origin: 'real', comments: real } as const] : []),
  ];
};

export const rank = ({ kind }: Comment): number =>
  kind === 'superchat' ? 3 : kind === 'gift' ? 2 : kind === 'chat' ? 1 : 0;
