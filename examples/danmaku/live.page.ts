/** The page: asks the worker for comments when it can show them, and shows what is lost and how late things are. */
import { connectionWords, duration, element, figures, percentile, showConnection } from '../shared/page.js';
import { speak } from '../shared/words.js';
import { maxAge, type Comment } from './comments.js';
import type { Counts, ToPage, ToWorker } from './protocol.js';
import { createStage } from './stage.js';
import { words } from './words.js';
import type { ConnectionState } from 'rx-realtime';

interface Config {
  readonly server: string;
  readonly room: string;
}

/** How long a superchat stays in the list, ms; and how many there are. */
const PINNED = 12_000;
const PINS = 3;

const query = new URLSearchParams(location.search);
const config = (await (await fetch('config.json')).json()) as Config;
const worker = new Worker('room.worker.js', { type: 'module' });
const tell = (message: ToWorker): void => {
  worker.postMessage(message);
};

const stage = createStage(element('stage', HTMLCanvasElement));
const place = element('state', HTMLElement);
const flow = element('flow', HTMLInputElement);
const overlap = element('overlap', HTMLInputElement);
const pause = element('pause', HTMLButtonElement);
const room = element('room', HTMLSelectElement);
const pins = element('pins', HTMLElement);
const write = figures();

// Who wants less motion starts it by hand.
let isPaused = matchMedia('(prefers-reduced-motion: reduce)').matches;
let state: ConnectionState = { _tag: 'Connecting' };
let counts: Counts = { arrived: 0, paidArrived: 0, handed: 0 };
const spoken = speak(words, () => {
  label();
});
const label = (): void => {
  pause.textContent = isPaused ? spoken().go : spoken().pause;
  pause.ariaPressed = String(isPaused);
};
const toggle = (): void => {
  isPaused = !isPaused;
  label();
};
label();
pause.addEventListener('click', toggle);
addEventListener('keydown', (event) => {
  if (event.key !== ' ' || !(event.target === document.body || event.target instanceof HTMLCanvasElement)) return;
  event.preventDefault();
  toggle();
});
room.addEventListener('change', () => void fetch('kind', { method: 'POST', body: room.value }));

/** What is measured since the last report, and since the start. */
let ages: number[] = [];
let frames: number[] = [];
let paidShown = 0;
let [oldestText, oldestPaid] = [0, 0];

const pin = ({ from, text }: Comment): void => {
  const item = document.createElement('li');
  const author = document.createElement('strong');
  author.textContent = from;
  item.append(author, ` ${text}`);
  pins.append(item);
  while (pins.children.length > PINS) pins.firstElementChild?.remove();
  setTimeout(() => {
    item.remove();
  }, PINNED);
};

const show = (comment: Comment): void => {
  const age = Date.now() - comment.timestamp;
  ages.push(age);
  if (comment.kind === 'text') {
    // It was in time when it was handed out, and is too late after a stall of this page.
    if (age > maxAge.text) return;
    oldestText = Math.max(oldestText, age);
  } else {
    paidShown += 1;
    oldestPaid = Math.max(oldestPaid, age);
    if (comment.kind === 'superchat') pin(comment);
  }
  stage.add(comment, overlap.checked);
};

worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data._tag === 'Comments') {
    isAsking = false;
    data.comments.forEach(show);
  } else if (data._tag === 'Counts') counts = data.counts;
  else state = data.state;
});
tell({ _tag: 'Enter', server: query.get('server') ?? config.server, room: config.room });

let before = performance.now();
let credit = 0;
/** Where comments must not overlap, one question at a time: what is on its way here has no place on the stage yet. */
let isAsking = false;
const frame = (now: number): void => {
  const elapsed = now - before;
  before = now;
  frames.push(elapsed);
  // What a stall has missed is not caught up: at most a tenth of a second's worth at a time.
  credit = Math.min(credit + (flow.valueAsNumber * elapsed) / 1_000, 1 + flow.valueAsNumber / 10);
  stage.draw(isPaused ? 0 : Math.min(elapsed, 100) / 1_000);
  const space = overlap.checked ? Infinity : stage.room();
  const count = isPaused ? 0 : Math.floor(Math.min(credit, space));
  if (count > 0 && (overlap.checked || !isAsking)) {
    isAsking = true;
    tell({ _tag: 'Want', count });
    credit -= count;
  }
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);

let reported = { at: performance.now(), counts };
setInterval(() => {
  const at = performance.now();
  const seconds = (at - reported.at) / 1_000;
  const perSecond = (of: (counts: Counts) => number): string =>
    ((of(counts) - of(reported.counts)) / seconds).toFixed(0);
  ages.sort((a, b) => a - b);
  frames.sort((a, b) => a - b);
  write({
    arrived: perSecond(({ arrived }) => arrived),
    shown: perSecond(({ handed }) => handed),
    dropped: (counts.arrived - counts.handed).toLocaleString(),
    age: ages.length === 0 ? '–' : duration(percentile(ages, 0.5), percentile(ages, 0.99)),
    oldest: duration(oldestText),
    oldestPaid: duration(oldestPaid),
    paid: `${paidShown} / ${counts.paidArrived}`,
    frames: `${(1_000 / Math.max(1, percentile(frames, 0.5))).toFixed(0)} / s`,
    slowest: duration(Math.round(percentile(frames, 0.99))),
    screen: String(stage.shown()),
    flow: `${flow.value} / s`,
  });
  showConnection(place, state, connectionWords[document.documentElement.lang === 'en' ? 'en' : 'zh']);
  [ages, frames, reported] = [[], [], { at, counts }];
}, 1_000);
flow.addEventListener('input', () => {
  write({ flow: `${flow.value} / s` });
});
