/** What `import` says while it runs, and afterwards. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { ImportCounts, Listed } from '../moving/importing.js';

/** A file with everything that is listed. It is made with the first line. */
export interface Report {
  readonly list: (listed: Listed) => void;
  /** Whether there is a file. */
  readonly isWritten: () => boolean;
  readonly close: () => void;
}

export const createReport = (file: string): Report => {
  let open: number | undefined;
  return {
    list: ({ source, place, kind, text }) => {
      open ??= openSync(file, 'w', 0o600);
      writeSync(open, `${source}, ${place}: ${kind === 'note' ? 'note: ' : ''}${text}\n`);
    },
    isWritten: () => open !== undefined,
    close: () => {
      if (open !== undefined) closeSync(open);
    },
  };
};

const numbers = new Intl.NumberFormat('en');
const count = (number: number, one: string, many = `${one}s`): string =>
  `${numbers.format(number)} ${number === 1 ? one : many}`;

const taken = ({ conversations, messages }: ImportCounts): string =>
  `${count(conversations, 'conversation')} and ${count(messages, 'message')}`;

const duration = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  return minutes < 2 ? `${Math.max(1, Math.round(ms / 1_000))} s` : `${numbers.format(minutes)} min`;
};

/** Says at most every few seconds how far an import is. `part`: from 0 to 1, or `NaN`. */
export const createProgress = (
  say: (line: string) => void,
  now: () => number,
): ((what: string, part: number, counts: ImportCounts) => void) => {
  const every = 5_000;
  let saidAt = now();
  let began: { readonly what: string; readonly at: number; readonly part: number } | undefined;
  return (what, part, counts) => {
    const at = now();
    if (began?.what !== what) began = { what, at, part };
    if (at - saidAt < every) return;
    saidAt = at;
    const gained = part - began.part;
    const left = gained > 0 ? `, about ${duration(((1 - part) * (at - began.at)) / gained)} left` : '';
    const share = Number.isFinite(part) ? `${Math.min(100, Math.floor(part * 100))} %${left}; ` : '';
    say(`${what}: ${share}${taken(counts)} so far, ${numbers.format(counts.refused)} refused`);
  };
};

/** What was taken and what was not. */
export const summaryOf = (counts: ImportCounts, reportFile: string | undefined): string => {
  const { roles, standings, present, refused, noted, retimed } = counts;
  const line = (number: number, what: string): readonly string[] =>
    number > 0 ? [`${what}: ${numbers.format(number)}`] : [];
  return [
    `Imported: ${taken(counts)}`,
    ...line(roles, 'Roles of members'),
    ...line(standings, 'Lists and marks of clients'),
    ...line(present, 'There already, and left as they are'),
    ...line(retimed, 'Messages whose time another one has, moved by some ms'),
    ...line(noted, 'Imported with a note'),
    ...line(refused, 'Not taken'),
    ...(reportFile === undefined ? [] : [`${reportFile} lists them, with their lines`]),
  ].join('\n');
};
