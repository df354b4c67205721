/** Compares the download sizes of a page and of each entry with the limits in bench/size/limits.ts. */
import { entryLimits, limits } from '../../bench/size/limits.js';
import { compared, measure } from '../../bench/size/measure.js';
import { entries, type Entry } from '../entries.mjs';
import { CheckFailed } from './tool.js';

interface Gate {
  readonly name: string;
  readonly bytes: number;
  /** Undefined if a new entry has no limit yet. */
  readonly limit: number | undefined;
}

const gateOf = async ({ name, specifier }: Entry): Promise<Gate> => {
  const limit = entryLimits[name];
  // Node can load everything that a browser can.
  const { gzip } = await measure({ everythingOf: specifier, platform: limit?.platform ?? 'node' });
  return { name: specifier, bytes: gzip, limit: limit?.bytes };
};

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

export const size = async (): Promise<string> => {
  const [small, all, leancloud] = await Promise.all([
    measure(compared.small),
    measure(compared.all),
    measure(compared.leancloud),
  ]);
  const others = await Promise.all(
    entries.filter(({ specifier }) => specifier !== compared.all.everythingOf).map(gateOf),
  );
  const gates: readonly Gate[] = [
    { name: 'small chat', bytes: small.gzip, limit: limits.small },
    { name: compared.all.everythingOf, bytes: all.gzip, limit: limits.all },
    ...others,
  ];
  const lines = gates.map(({ name, bytes, limit }) =>
    limit === undefined
      ? `${name}: ${bytes} bytes, and no limit`
      : `${name}: ${kilobytes(bytes)} of ${kilobytes(limit)} kB${bytes > limit ? ', TOO HEAVY' : ''}`,
  );
  if (gates.some(({ bytes, limit }) => limit === undefined || bytes > limit))
    throw new CheckFailed(
      `${lines.join('\n')}\nThe limits are in bench/size/limits.ts; npm run bench:size shows the modules.`,
    );
  return [...lines, `small chat is ${(small.gzip / leancloud.gzip).toFixed(2)} of leancloud-realtime`].join('; ');
};
