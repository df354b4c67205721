/** Comments with their times: generated ones, and real ones if they are available. */
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
 * A group of 40 comments every 2.7 s for 15 minutes. One comment in 500 is a gift, and one in 500 is a superchat. At
 * 100 times their speed that makes six a second; a screen that shows ten comments a second has room for them.
 */
const madeUp = (): readonly Comment[] =>
  Array.from({ length: 13_320 }, (_, index): Comment => {
    const kind = index % 500 === 0 ? 'superchat' : index % 250 === 0 ? 'gift' : index % 3 === 0 ? 'chat' : 'danmaku';
    return { t: Math.floor(index / 40) * 2_700 + (index % 40) * 11, text: `comment ${String(index)}`, kind };
  });

export interface CommentLog {
  readonly origin: 'made up' | 'real';
  /** Ordered by time, ms since the first comment. */
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
