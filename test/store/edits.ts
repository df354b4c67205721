/** Edits of attributes, for tests that compare stores. */
import fc from 'fast-check';
import type { AttributeEdit } from 'rx-realtime/server';

const path = fc.constantFrom(['n'], ['list'], ['k'], ['deep', 'n'], ['deep', 'list'], ['deep'], ['a.b']);
const value = fc.constantFrom(0, 1, -2.5, 'text', '\0', null, true, [1], { x: 1, y: 2 }, { y: 2, x: 1 }, new Date(0));
const objects = fc.array(value, { maxLength: 3 });

export const anyEdit: fc.Arbitrary<AttributeEdit> = fc.oneof(
  fc.record({ _tag: fc.constant('Set' as const), path, value }),
  fc.record({ _tag: fc.constant('Delete' as const), path }),
  fc.record({ _tag: fc.constant('Increment' as const), path, amount: fc.constantFrom(1, -1, 0.5, 2 ** 53 - 1, 1e308) }),
  fc.record({ _tag: fc.constantFrom('Add' as const, 'AddUnique' as const, 'Remove' as const), path, objects }),
);
