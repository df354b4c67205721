/** Comments with their times: real ones where they are at hand, otherwise made up, in clusters like theirs. */
import { existsSync, readFileSync } from 'node:fs';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';

const Comment = t.type({ t: t.number, text: t.string, kind: t.keyof({ danmaku: null, chat: null, gift: null, superchat: null }) });
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

/** A cluster of 40 every 2.7 s for 15 minutes; one in fifty is a gift or a superchat. */
const madeUp = (): readonly Comment[] =>
  Array.from({ length: 13_320 }, (_, index): Comment => {
    const kind = index % 100 === 0 ? 'superchat' : index % 50 === 0 ? 'gift' : index % 3 === 0 ? 'chat' : 'danmaku';
    return { t: Math.floor(index / 40) * 2_700 + (index % 40) * 11, text: `comment ${String(index)}`, kind };
  });

/** All of them as one stream, by time, ms from the first. */
export const comments = (): readonly Comment[] => {
  const real = FILES.flatMap(read);
  return (real.length > 0 ? real : madeUp()).toSorted((a, b) => a.t - b.t);
};

export const rank = ({ kind }: Comment): number => (kind === 'superchat' ? 3 : kind === 'gift' ? 2 : kind === 'chat' ? 1 : 0);
