/** A chart of the last two minutes, drawn by uPlot in the colours of the page. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Points that are kept: one a second. */
const POINTS = 120;
/** Colours that differ in light and dark, also for people who see colours otherwise (after Okabe and Ito). */
export const COLOURS = ['#0072b2', '#e08a00', '#009e73', '#cc5fa0', '#4ca3dd', '#d55e00', '#8d7ae0', '#8a8a3c'];

export interface Chart {
  /** Adds a point for each line; `undefined` leaves it out. */
  readonly add: (at: number, values: readonly (number | undefined)[]) => void;
}

const colour = (name: string): string => {
  // The colour as the theme has it now: `light-dark()` is resolved only where it is used.
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

export const createChart = (place: HTMLElement, lines: readonly string[], unit: string): Chart => {
  const times: number[] = [];
  const columns: (number | null)[][] = lines.map(() => []);
  const axis: uPlot.Axis = {
    stroke: () => colour('--soft'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
    gap: 8,
    font: '12px system-ui, sans-serif',
  };
  const plot = new uPlot(
    {
      width: place.clientWidth,
      height: place.clientHeight,
      padding: [10, 12, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
      axes: [
        { ...axis, size: 30, values: (_, ticks) => ticks.map((at) => new Date(at * 1_000).toTimeString().slice(3, 8)) },
        { ...axis, size: 76, values: (_, ticks) => ticks.map((tick) => `${tick.toLocaleString()}${unit}`) },
      ],
      series: [
        {},
        ...lines.map((label, index) => ({
          label,
          stroke: COLOURS[index % COLOURS.length] ?? '#888888',
          width: 2,
          points: { show: false },
        })),
      ],
    },
    [times, ...columns],
    place,
  );
  new ResizeObserver(() => {
    plot.setSize({ width: place.clientWidth, height: place.clientHeight });
  }).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    plot.redraw();
  });
  return {
    add: (at, values) => {
      times.push(at / 1_000);
      columns.forEach((column, index) => column.push(values[index] ?? null));
      for (const column of [times, ...columns]) column.splice(0, column.length - POINTS);
      plot.setData([times, ...columns]);
    },
  };
};
