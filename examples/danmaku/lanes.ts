/** Where comments fly. Pure: no canvas, no clock. */

/** Something that flies from the right edge to the left one. */
export interface Flying {
  readonly lane: number;
  readonly width: number;
  /** Pixels a second. */
  readonly speed: number;
  /** The left edge. */
  x: number;
}

/** Space between two comments of a lane, px. */
const SPACE = 28;

/** Whether a new one with this speed may follow: the last one has come in wholly, and is not overtaken on the stage. */
const mayFollow = (last: Flying | undefined, speed: number, stage: number): boolean => {
  if (last === undefined) return true;
  const end = last.x + last.width + SPACE;
  return end <= stage && (speed <= last.speed || stage / speed >= end / last.speed);
};

/** The last one of each lane. */
export type Lanes = readonly (Flying | undefined)[];

/** The number of lanes that take another comment now. */
export const freeLanes = (lanes: Lanes, stage: number): number =>
  lanes.filter((last) => last === undefined || last.x + last.width + SPACE <= stage).length;

/** The first lane that is free for this speed; else the one that will be free next. */
export const laneFor = (lanes: Lanes, speed: number, stage: number): number => {
  const free = lanes.findIndex((last) => mayFollow(last, speed, stage));
  if (free >= 0) return free;
  const ends = lanes.map((last) => (last === undefined ? 0 : last.x + last.width));
  return ends.indexOf(Math.min(...ends));
};
