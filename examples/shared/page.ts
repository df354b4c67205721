/** Small things that the pages share. */
import type { ConnectionState } from 'rx-realtime';

/** The element with an id. The page has it, or is broken. */
export const element = <E extends HTMLElement>(id: string, kind: new () => E): E => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
};

/** Writes figures where the page has a place for them: `data-figure="name"`. */
export const figures = (): ((values: Readonly<Record<string, string>>) => void) => {
  const places = [...document.querySelectorAll<HTMLElement>('[data-figure]')];
  return (values) => {
    for (const place of places) {
      const value = values[place.dataset['figure'] ?? ''];
      if (value !== undefined && place.textContent !== value) place.textContent = value;
    }
  };
};

export const connectionWords = {
  en: {
    connected: 'Connected',
    connecting: 'Connecting…',
    waiting: 'Connection lost. Next try in',
    offline: 'Offline',
  },
  zh: { connected: '已连接', connecting: '正在连接…', waiting: '连接已断开，重试倒计时', offline: '离线' },
} as const;

type ConnectionWords = (typeof connectionWords)['en' | 'zh'];

/** Shows the state of the connection, and counts down to the next attempt. Call it again each second. */
export const showConnection = (place: HTMLElement, state: ConnectionState, words: ConnectionWords): void => {
  const [kind, text] = ((): readonly [string, string] => {
    switch (state._tag) {
      case 'Connected':
        return ['good', words.connected];
      case 'Scheduled':
        return ['bad', `${words.waiting} ${Math.max(0, Math.ceil((state.dueAt - Date.now()) / 1_000))} s`];
      case 'Idle':
      case 'Connecting':
      case 'Retrying':
        return ['busy', words.connecting];
      default:
        return ['bad', words.offline];
    }
  })();
  place.dataset['kind'] = kind;
  // A screen reader says a text again only when it has changed.
  if (place.textContent !== text) place.textContent = text;
};

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Times in ms as text, in one unit: `4.2 ms`, `1,977 ms`, `11.6 s`, `12 / 85 ms`, `1.8 / 2.0 s`. */
export const duration = (...times: readonly number[]): string => {
  const largest = Math.max(...times);
  if (largest >= (times.length === 1 ? 10_000 : 1_000))
    return `${times.map((ms) => (ms / 1_000).toFixed(1)).join(' / ')} s`;
  return `${times.map((ms) => (largest < 10 ? Number(ms.toFixed(1)) : whole.format(ms))).join(' / ')} ms`;
};

/** The value at this part of sorted numbers; 0 if there are none. */
export const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
