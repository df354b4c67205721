/** The page: draws what the worker reports. */
import { connectionWords, duration, element, figures, showConnection } from '../shared/page.js';
import { speak } from '../shared/words.js';
import { COLOURS, createChart } from './chart.js';
import type { Report, Watch } from './report.js';
import { words } from './words.js';

interface Config {
  readonly server: string;
  readonly team: readonly string[];
  /** The names of the conversations by id. */
  readonly conversations: Readonly<Record<string, string>>;
}

/** What our server says of itself. */
interface ServerFigures {
  readonly sessions: number;
  readonly bufferedBytes: number;
  readonly rssBytes: number;
  readonly uptime: number;
}

const query = new URLSearchParams(location.search);
const config = (await (await fetch('config.json')).json()) as Config;
const conversations = Object.entries(config.conversations);
const state = element('state', HTMLElement);
const load = element('load', HTMLSelectElement);
const write = figures();
let report: Report | undefined;

const spoken = speak(words, () => {
  if (report !== undefined) show(report);
});
const rateChart = createChart(
  element('rate-chart', HTMLElement),
  conversations.map(([, name]) => name),
  '',
);
const ageChart = createChart(element('age-chart', HTMLElement), ['p50', 'p90', 'p99'], ' ms');

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const ms = (value: number | undefined): string => (value === undefined ? '–' : duration(value));
const bytes = (value: number): string =>
  value < 1_000 ? `${value} B` : value < 1e6 ? `${number.format(value / 1e3)} kB` : `${(value / 1e6).toFixed(1)} MB`;

type Cells = readonly [name: string, value: string, colour?: string];

/** Writes rows into a table. Cells whose text is the same are not touched. */
const table = (id: string): ((rows: readonly Cells[]) => void) => {
  const body = element(id, HTMLTableSectionElement);
  return (rows) => {
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach(([name, value, colour], index) => {
      const row = body.rows[index] ?? body.insertRow();
      const [first, second] = [row.cells[0] ?? row.insertCell(), row.cells[1] ?? row.insertCell()];
      if (first.textContent !== name) first.textContent = name;
      if (second.textContent !== value) second.textContent = value;
      first.className = colour === undefined ? '' : 'dot';
      first.style.setProperty('--colour', colour ?? '');
    });
  };
};
const rateTable = table('conversations');
const busiestTable = table('busiest');

const team = element('team', HTMLElement);
const members = config.team.map((name) => {
  const item = document.createElement('li');
  const where = document.createElement('span');
  item.append(`${name} `, where);
  team.append(item);
  return { name, item, where };
});

const show = ({ rates, busiest, age, team: online, health, folded, state: connection }: Report): void => {
  const all = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
  rateTable(
    conversations.map(([id, name], index): Cells => [name, number.format(rates.get(id) ?? 0), COLOURS[index] ?? '']),
  );
  busiestTable(busiest.map(({ key, count }): Cells => [key, number.format(count)]));
  // Without a connection nobody knows: what was is not what is.
  const isConnected = connection._tag === 'Connected';
  for (const { name, item, where } of members) {
    const isOnline = isConnected && online.get(name) === true;
    item.className = 'dot';
    item.style.setProperty('--colour', isOnline ? 'var(--good)' : 'var(--line)');
    where.textContent = isOnline ? spoken().online : isConnected ? spoken().away : '–';
  }
  const times = age === undefined || age.count === 0 ? undefined : age;
  write({
    all: number.format(all),
    folded: number.format(folded),
    ...{ p50: ms(times?.p50), p90: ms(times?.p90), p99: ms(times?.p99) },
    roundTrip: ms(isConnected ? health?.roundTrip?.smoothed : undefined),
    retries: String(health?.retries ?? 0),
    in: bytes(health?.bytesIn ?? 0),
    out: bytes(health?.bytesOut ?? 0),
  });
  showConnection(state, connection, connectionWords[document.documentElement.lang === 'en' ? 'en' : 'zh']);
};

const worker = new Worker('watch.worker.js', { type: 'module' });
worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
  report = data;
  show(data);
});
worker.postMessage({ server: query.get('server') ?? config.server, team: config.team } satisfies Watch);

/** A chart has one point a second, however many reports there were. */
const tick = async (): Promise<void> => {
  if (report !== undefined) {
    const { rates, age } = report;
    rateChart.add(
      Date.now(),
      conversations.map(([id]) => rates.get(id) ?? 0),
    );
    const isThere = age !== undefined && age.count > 0;
    ageChart.add(Date.now(), isThere ? [age.p50, age.p90, age.p99] : []);
    show(report);
  }
  const answer = await fetch('stats.json').catch(() => undefined);
  if (answer?.ok !== true) {
    // What it was is not what it is.
    write({ sessions: '–', buffered: '–', memory: '–', uptime: '–' });
    return;
  }
  const { sessions, bufferedBytes, rssBytes, uptime } = (await answer.json()) as ServerFigures;
  write({
    sessions: String(sessions),
    buffered: bytes(bufferedBytes),
    memory: bytes(rssBytes),
    uptime: `${number.format(uptime)} s`,
  });
};
setInterval(() => void tick(), 1_000);

load.addEventListener('change', () => void fetch('load', { method: 'POST', body: load.value }));
