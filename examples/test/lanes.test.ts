import { expect, it } from 'vitest';
import { freeLanes, laneFor, type Flying } from '../danmaku/lanes.js';

const at = (lane: number, x: number): Flying => ({ lane, x, width: 100 });
const all = { from: 0, to: 3 };

it('a lane is free when its last comment has come in wholly, with space behind it', () => {
  expect(freeLanes([at(0, 950), at(1, 880), undefined], all, 1_000)).toEqual([2]);
  expect(freeLanes([at(0, 872), at(1, 873), undefined], all, 1_000)).toEqual([0, 2]);
});

it('a comment takes a free lane of its kind; if there is none, the one that is free next', () => {
  const lanes = [undefined, at(1, 990), at(2, 950)];
  expect(laneFor(lanes, all, 1_000, 0.99)).toBe(0);
  expect(laneFor(lanes, { from: 1, to: 3 }, 1_000, 0)).toBe(2);
});
