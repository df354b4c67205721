/** The stage: draws what flies on a canvas. */
import type { Comment, Kind } from './comments.js';
import { SPACE, freeLanes, laneFor, type Flying, type Lines } from './lanes.js';

const LANE = 32;
/** How long a comment takes to cross the stage, s. What was paid for stays longer. */
const CROSSING = { text: 7, gift: 12, superchat: 12 } as const satisfies Record<Kind, number>;
/** The lanes at the top are for what was paid for. */
const PAID_LANES = 2;
/** Comments of one moment don't start in one column, px. */
const SPREAD = 90;
/** How long the line of a lane is behind the right edge, px. Beyond it, even gifts overlap. */
const LINE = 400;
/** The same for texts that may overlap, s: then there are many. */
const DENSE = 4;
const FILL = { text: '#f4f2ec', gift: '#2b1d00', superchat: '#ffffff' } as const satisfies Record<Kind, string>;
const PILL = { text: undefined, gift: '#ffcf6b', superchat: '#b3286b' } as const satisfies Record<Kind, unknown>;
/** Texts that are kept as pictures. The same words come often. */
const SPRITES = 600;

interface Shown extends Flying {
  /** Pixels a second. */
  readonly speed: number;
  readonly kind: Kind;
  readonly sprite: OffscreenCanvas;
}

export interface Stage {
  /** How many texts find a lane now. */
  readonly room: () => number;
  readonly add: (comment: Comment, dense: boolean) => void;
  /** Moves everything by so many seconds, and draws. */
  readonly draw: (seconds: number) => void;
  readonly shown: () => number;
}

export const createStage = (canvas: HTMLCanvasElement, random: () => number = Math.random): Stage => {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no canvas');
  let flying: Shown[] = [];
  let lanes: (Shown | undefined)[] = [];
  let [width, height, scale] = [0, 0, 1];
  /** Where the pointer is, in pixels of the stage. */
  let pointer: { readonly x: number; readonly y: number } | undefined;
  const sprites = new Map<string, OffscreenCanvas>();

  const resize = (): void => {
    scale = devicePixelRatio;
    [width, height] = [canvas.clientWidth, canvas.clientHeight];
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    lanes = Array.from({ length: Math.max(PAID_LANES + 1, Math.floor((height - 8) / LANE)) }, (_, lane) => lanes[lane]);
    flying = flying.filter(({ lane }) => lane < lanes.length);
    sprites.clear();
  };
  new ResizeObserver(resize).observe(canvas);
  resize();
  canvas.addEventListener('pointermove', ({ offsetX: x, offsetY: y }) => (pointer = { x, y }));
  canvas.addEventListener('pointerleave', () => (pointer = undefined));

  /** A comment as a picture: drawing text anew in each frame would cost much more. */
  const spriteOf = ({ kind, from, text }: Comment): OffscreenCanvas => {
    const words = kind === 'text' ? text : `${from}  ${text}`;
    const key = `${kind} ${words}`;
    const known = sprites.get(key);
    if (known !== undefined) return known;
    const font = `${kind === 'text' ? 500 : 650} ${19 * scale}px system-ui, "Noto Sans CJK SC", sans-serif`;
    context.font = font;
    const pad = (kind === 'text' ? 2 : 13) * scale;
    const sprite = new OffscreenCanvas(
      Math.ceil(context.measureText(words).width + 2 * pad),
      Math.ceil((LANE - 4) * scale),
    );
    const brush = sprite.getContext('2d');
    if (brush === null) throw new Error('this browser has no canvas');
    const fill = PILL[kind];
    if (fill !== undefined) {
      brush.fillStyle = fill;
      brush.beginPath();
      brush.roundRect(0, 0, sprite.width, sprite.height, sprite.height / 2);
      brush.fill();
    }
    brush.font = font;
    brush.textBaseline = 'middle';
    brush.fillStyle = FILL[kind];
    brush.fillText(words, pad, sprite.height / 2 + scale);
    const [oldest] = sprites.keys();
    if (oldest !== undefined && sprites.size >= SPRITES) sprites.delete(oldest);
    sprites.set(key, sprite);
    return sprite;
  };

  const linesOf = (kind: Kind): Lines =>
    kind === 'text' ? { from: PAID_LANES, to: lanes.length } : { from: 0, to: PAID_LANES };

  const isUnderPointer = ({ x, width: wide, lane }: Shown): boolean =>
    pointer !== undefined && pointer.x >= x && pointer.x <= x + wide && Math.floor((pointer.y - 4) / LANE) === lane;

  return {
    room: () => freeLanes(lanes, linesOf('text'), width).length,
    shown: () => flying.length,
    add: (comment, dense) => {
      const { kind } = comment;
      const sprite = spriteOf(comment);
      const wide = sprite.width / scale;
      const speed = width / (dense && kind === 'text' ? DENSE : CROSSING[kind]);
      const lane = laneFor(lanes, linesOf(kind), width, random());
      const last = dense ? undefined : lanes[lane];
      // Behind the last one of the lane, unless too many wait there.
      const behind = last === undefined ? 0 : Math.min(last.x + last.width + SPACE, width + LINE);
      const x = Math.max(width + random() * SPREAD, behind);
      const shown = { kind, sprite, lane, speed, width: wide, x };
      lanes[lane] = shown;
      flying.push(shown);
    },
    draw: (seconds) => {
      context.fillStyle = '#15181f';
      context.fillRect(0, 0, canvas.width, canvas.height);
      let held: Shown | undefined;
      let kept = 0;
      for (const shown of flying) {
        if (isUnderPointer(shown)) held = shown;
        else shown.x -= shown.speed * seconds;
        if (shown.x + shown.width < 0) continue;
        flying[kept] = shown;
        kept += 1;
        context.drawImage(shown.sprite, Math.round(shown.x * scale), (4 + shown.lane * LANE) * scale);
      }
      flying.length = kept;
      if (held === undefined) return;
      // What the pointer holds is in front, with a frame.
      context.fillStyle = '#33415c';
      const [x, y] = [Math.round(held.x * scale), (4 + held.lane * LANE) * scale];
      context.fillRect(x - 8 * scale, y, held.sprite.width + 16 * scale, held.sprite.height);
      context.drawImage(held.sprite, x, y);
    },
  };
};
