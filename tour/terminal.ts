/** The lines of the tour: time, speaker, text; in colour if the output is a terminal. */
import { styleText } from 'node:util';

export type Speaker = 'server' | 'network' | 'Tom' | 'Jerry' | 'tour';

const colours = {
  server: 'gray',
  network: 'red',
  Tom: 'cyan',
  Jerry: 'yellow',
  tour: 'green',
} as const satisfies Record<Speaker, unknown>;

const coloured = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';

/** Prints one line; `soft` prints it less prominently. */
export type Print = (who: Speaker, what: string, soft?: boolean) => void;

export const printer = (): Print => {
  const start = performance.now();
  return (who, what, soft = false) => {
    const time = `${((performance.now() - start) / 1_000).toFixed(1).padStart(5)} s`;
    const name = who.padEnd(8);
    console.log(
      coloured
        ? `${styleText('dim', time)}  ${styleText(colours[who], name)}${soft ? styleText('dim', what) : what}`
        : `${time}  ${name}${what}`,
    );
  };
};
