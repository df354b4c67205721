/**
 * `npm run bench:size`: how much a page downloads for a small chat, for everything of the root entry, and for the
 * small chat with `leancloud-realtime`.
 */
import { compared, measure } from './size/measure.js';

const [small, all, leancloud] = await Promise.all([
  measure(compared.small),
  measure(compared.all),
  measure(compared.leancloud),
]);
const weights = { small, all, leancloud };
const names = ['small', 'all', 'leancloud'] as const;

/** A row of the table: one figure for each of the three programs. */
const row = (figure: (weight: typeof small) => number | undefined): Readonly<Record<string, number | undefined>> =>
  Object.fromEntries(names.map((name) => [name, figure(weights[name])]));

const modules = new Set(names.flatMap((name) => [...weights[name].modules.keys()]));
const minified = (weight: typeof small): number =>
  [...weight.modules.values()].reduce((total, bytes) => total + bytes, 0);

console.log('Bytes, minified, by module: esbuild, for browsers, all dependencies in');
console.table({
  ...Object.fromEntries([...modules].map((name) => [name, row((weight) => weight.modules.get(name))])),
  'all modules': row(minified),
  'gzip -9': row(({ gzip }) => gzip),
  'loaded later, gzip -9': row(({ later }) => later),
});
console.log(JSON.stringify({ small: small.gzip, all: all.gzip, leancloud: leancloud.gzip }));
