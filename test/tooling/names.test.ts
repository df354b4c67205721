/** Over all entries of the package, one name is one thing. */
import { beforeAll, expect, it } from 'vitest';
import { publicTypes, type PublicTypes } from './public-types.js';

let types: PublicTypes;
beforeAll(() => {
  types = publicTypes();
}, 120_000);

/** The names that stand for different things in different entries, each with these entries. */
const clashes = ({ entries }: PublicTypes): readonly string[] => {
  const names = new Set([...entries.values()].flatMap((exported) => [...exported.keys()]));
  return [...names].sort().flatMap((name) => {
    const exporters = [...entries].filter(([, exported]) => exported.has(name));
    const meanings = new Set(exporters.map(([, exported]) => exported.get(name)));
    return meanings.size > 1 ? [`${name} (${exporters.map(([entry]) => entry).join(', ')})`] : [];
  });
};

it('a name that two entries export is the same declaration in both', () => {
  expect(clashes(types)).toEqual([]);
});

it('names are found in every entry', () => {
  expect([...types.entries].filter(([, exported]) => exported.size === 0)).toEqual([]);
  expect(types.entries.get('rx-realtime')?.get('Message')).toBe(types.entries.get('rx-realtime/streams')?.get('Message'));
});
