import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignAttribute, changeAttributes, removeAttribute, type Attribute } from 'rx-realtime/codecs';

const key = fc.constantFrom('a', 'b', 'c', 'constructor');
const { tree } = fc.letrec<{ tree: Record<string, Attribute>; value: Attribute }>((tie) => ({
  tree: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.constant(null), fc.constant([1]), tie('tree')),
}));
const change = fc.record({
  path: fc.array(key, { minLength: 1, maxLength: 3 }),
  value: fc.option(tree, { nil: undefined }),
});

describe('several changes of attributes', () => {
  it('are the same as each of them after the other, and change nothing that was given', () => {
    fc.assert(
      fc.property(tree, fc.array(change, { maxLength: 6 }), (before, changes) => {
        const given = structuredClone([before, changes]);
        const oneByOne = changes.reduce<Readonly<Record<string, Attribute>>>(
          (all, { path, value }) =>
            value === undefined ? removeAttribute(all, path) : assignAttribute(all, path, value),
          before,
        );
        expect(
          changeAttributes(
            before,
            changes.map(({ path, value }) => (value === undefined ? ([path] as const) : ([path, value] as const))),
          ),
        ).toEqual(oneByOne);
        expect([before, changes]).toEqual(given);
      }),
    );
  });

  it('that remove nothing give the same attributes', () => {
    const attributes = { a: { b: 1 } };
    expect(changeAttributes(attributes, [[['a', 'c']], [['a', 'b', 'c']], [['__proto__'], 1]])).toBe(attributes);
  });
});
