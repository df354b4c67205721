/** The size budget: each entry as a browser gets it, against the limits in .size-limit.mjs. */
import { CheckFailed, tool } from './tool.js';

interface Measured {
  readonly name: string;
  readonly size: number;
  readonly sizeLimit: number;
  readonly passed: boolean;
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

export const size = async (): Promise<string> => {
  const output = await tool('size-limit', '--json').catch((error: unknown) => {
    if (error instanceof CheckFailed && error.message.startsWith('[')) return error.message;
    throw error;
  });
  const measured = JSON.parse(output) as readonly Measured[];
  const lines = measured.map((entry) => `${entry.name}: ${kilobytes(entry.size)} of ${kilobytes(entry.sizeLimit)} kB`);
  if (measured.some(({ passed }) => !passed)) throw new CheckFailed(`${lines.join('\n')}\nThe limits are in .size-limit.mjs.`);
  return lines.join('; ');
};
