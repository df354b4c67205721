import fc from 'fast-check';
import { encodeConversations, type Attribute, type ConversationInfo, type Json } from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';
import { matches } from '../../server/domain/query/matches.js';
import { sorted as inOrder } from '../../server/domain/query/order.js';
import { parseWhere, whereIds, whereMember } from '../../server/domain/query/where.js';
import { compileRe2 } from '../../server/re2.js';

const parse = (json: string) => parseWhere(json, compileRe2);

/*
 * A second, simple implementation of queries: it works on the JSON of the wire. The real one is compared with it.
 */

type Document = Readonly<Record<string, unknown>>;

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const documentOf = (info: ConversationInfo): Document => {
  const [document] = JSON.parse(encodeConversations([info])) as Document[];
  const { m, ...others } = document ?? {};
  return info.kind === 'room' || m === undefined ? others : { ...others, m };
};

const timeOf = (value: unknown): number | undefined => {
  if (!isDocument(value) || value['__type'] !== 'Date' || typeof value['iso'] !== 'string') return undefined;
  return Object.keys(value).length === 2 ? new Date(value['iso']).getTime() : undefined;
};

/** Equal values give the same text: keys in a fixed order, dates in one form. */
const canonical = (value: unknown): string => {
  const time = timeOf(value);
  if (time !== undefined) return `date ${time}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isDocument(value)) return JSON.stringify(value);
  const entries = Object.keys(value).toSorted();
  return `{${entries.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
};

const at = (document: unknown, key: string): unknown => {
  let value = document;
  for (const step of key.split('.')) {
    if (!isDocument(value) || timeOf(value) !== undefined) return undefined;
    value = Object.entries(value).find(([name]) => name === step)?.[1];
  }
  return value;
};

/** The value itself and, if it is an array, its elements. */
const candidates = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? [value, ...(value as unknown[])] : [value];

const isEqual = (value: unknown, operand: unknown): boolean =>
  candidates(value).some((one) => canonical(one ?? null) === canonical(operand));

const isBetween = (value: unknown, operand: unknown, allowed: readonly number[]): boolean =>
  candidates(value).some((one) => {
    const pairs = [
      [one, operand, 'number'],
      [one, operand, 'string'],
      [timeOf(one), timeOf(operand), 'number'],
    ] as const;
    return pairs.some(([a, b, kind]) => {
      if (typeof a !== kind || typeof b !== kind) return false;
      const [x, y] = [a as number, b as number];
      return allowed.includes(x < y ? -1 : x > y ? 1 : 0);
    });
  });

const isSatisfied = (value: unknown, operator: string, operand: unknown, options: string): boolean => {
  const operands = operand as readonly unknown[];
  if (operator === '$ne') return !isEqual(value, operand);
  if (operator === '$in') return operands.some((one) => isEqual(value, one));
  if (operator === '$nin') return !operands.some((one) => isEqual(value, one));
  if (operator === '$all') return operands.length > 0 && operands.every((one) => isEqual(value, one));
  if (operator === '$lt') return isBetween(value, operand, [-1]);
  if (operator === '$lte') return isBetween(value, operand, [-1, 0]);
  if (operator === '$gt') return isBetween(value, operand, [1]);
  if (operator === '$gte') return isBetween(value, operand, [0, 1]);
  if (operator === '$exists') return (value === undefined) !== operand;
  if (operator === '$size') return Array.isArray(value) && value.length === operand;
  if (operator === '$options') return true;
  if (operator !== '$regex') throw new Error(`${operator} is not generated`);
  const expression = new RegExp(operand as string, options);
  return candidates(value).some((one) => typeof one === 'string' && expression.test(one));
};

const isMatch = (document: Document, where: Document): boolean =>
  Object.entries(where).every(([key, condition]) => {
    if (key === '$and') return (condition as Document[]).every((inner) => isMatch(document, inner));
    if (key === '$or') return (condition as Document[]).some((inner) => isMatch(document, inner));
    const value = at(document, key);
    if (!isDocument(condition) || !Object.keys(condition).some((name) => name.startsWith('$')))
      return isEqual(value, condition);
    const options = (condition['$options'] ?? '') as string;
    return Object.entries(condition).every(([operator, operand]) => isSatisfied(value, operator, operand, options));
  });

const rankOf = (value: unknown): number =>
  typeof value === 'number' || timeOf(value) !== undefined ? 1 : typeof value === 'string' ? 2 : 0;

const compared = (a: Document, b: Document, sort: string): number => {
  for (const key of sort.split(',')) {
    const name = key.replace(/^-/, '');
    // Without a message, the latest activity is the creation of the conversation.
    const [x, y] = [a, b].map(
      (document) => at(document, name) ?? (name === 'lm' ? at(document, 'createdAt') : undefined),
    );
    const sign = key.startsWith('-') ? -1 : 1;
    if (rankOf(x) !== rankOf(y)) return sign * (rankOf(x) - rankOf(y));
    if (rankOf(x) === 0) continue;
    const [p, q] = [timeOf(x) ?? (x as number), timeOf(y) ?? (y as number)];
    if (p !== q) return p < q ? -sign : sign;
  }
  return 0;
};

/** Each item goes behind all items that are not greater. */
const insertionSort = <A>(all: readonly A[], compare: (a: A, b: A) => number): readonly A[] =>
  all.reduce<readonly A[]>((sorted, item) => {
    const place = sorted.findIndex((other) => compare(other, item) > 0);
    return place < 0 ? [...sorted, item] : sorted.toSpliced(place, 0, item);
  }, []);

/*
 * Only a few different values, so that queries often find something.
 */

const times = [0, 1_000, Date.UTC(2030, 0)] as const;
const clients = ['Tom', 'Jerry', 'Spike'] as const;
const ids = ['id1', 'id2', '_tmp:1'] as const;
const texts = ['', 'a', 'ab', 'AB', 'b\na', '\uff5e', '\ud83d\ude00', 'Tom', '1'] as const;

const scalar: fc.Arbitrary<Attribute> = fc.oneof(
  fc.constantFrom<Attribute>(-1, 0, 1, 2, 1.5, true, false, null),
  fc.constantFrom(...texts),
  fc.constantFrom(...times).map((ms) => new Date(ms)),
);

const keys = ['x', 'y', 'toString', 'constructor'] as const;

const value: fc.Arbitrary<Attribute> = fc.letrec<{ value: Attribute }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { arbitrary: scalar, weight: 3 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }), weight: 1 },
    {
      arbitrary: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 2, noNullPrototype: true }),
      weight: 1,
    },
    {
      arbitrary: fc.record(
        { x: scalar, y: fc.record({ x: scalar }, { noNullPrototype: true }) },
        { noNullPrototype: true },
      ),
      weight: 1,
    },
  ),
})).value;

const attributeKeys = ['x', 'y', 'tags', 'name', 'constructor', 'valueOf'] as const;

const info: fc.Arbitrary<ConversationInfo> = fc
  .record(
    {
      id: fc.constantFrom(...ids),
      kind: fc.constantFrom('ordinary', 'ordinary', 'room', 'system', 'temporary'),
      attributes: fc.dictionary(fc.constantFrom(...attributeKeys), value, { maxKeys: 5, noNullPrototype: true }),
      name: fc.constantFrom(...texts),
      creator: fc.constantFrom(...clients),
      members: fc.uniqueArray(fc.constantFrom(...clients)),
      mutedMembers: fc.uniqueArray(fc.constantFrom(...clients)),
      unique: fc.boolean(),
      ttl: fc.constantFrom(1, 2),
      createdAt: fc.constantFrom(...times),
      updatedAt: fc.constantFrom(...times),
      lastMessageAt: fc.constantFrom(...times),
    },
    { requiredKeys: ['id', 'kind', 'attributes'], noNullPrototype: true },
  )
  .map(({ attributes, ...fields }) => {
    // There is only one name. A name that is a text is not stored as an attribute.
    const { name, ...others } = attributes;
    return {
      ...fields,
      attributes: 'name' in fields || typeof name === 'string' || name === undefined ? others : attributes,
    };
  });

/** The operand as `JSON.stringify` writes it in a condition, dates included. */
const wire = (operand: Attribute): Json => {
  if (operand instanceof Date) return { __type: 'Date', iso: operand.toISOString() };
  if (Array.isArray(operand)) return operand.map(wire);
  if (typeof operand !== 'object' || operand === null) return operand;
  return Object.fromEntries(Object.entries(operand).map(([key, inner]: [string, Attribute]) => [key, wire(inner)]));
};

/** Every kind of value that a document has under some key, and other values. */
const operand: fc.Arbitrary<Json> = fc
  .oneof(
    value,
    fc.constantFrom<Attribute>(...ids, ...clients, ...times.map((ms) => new Date(ms)), [...clients.slice(0, 2)]),
  )
  .map(wire);

const key = fc.constantFrom(
  ...['objectId', 'name', 'c', 'm', 'mu', 'tr', 'sys', 'unique', 'ttl', 'lm', 'createdAt', 'updatedAt', 'msg'],
  ...['x', 'y', 'tags', 'x', 'y', 'tags', 'constructor', 'valueOf', 'toString', 'nothing', ''],
  ...[
    'x.x',
    'x.y',
    'y.x',
    'x.y.x',
    'tags.x',
    'x.constructor',
    'x.toString',
    'x.__proto__',
    'x.length',
    'm.0',
    'm.length',
    'lm.iso',
    'x.iso',
  ],
);

const regex = fc
  .tuple(
    fc.constantFrom('a', '^a', 'b$', '^b$', 'a.', 'A|1', '', 'b.a', '^Tom', '[^a]', 'x*'),
    fc.subarray(['i', 'm', 's']),
  )
  .chain(([$regex, flags]) =>
    fc.constantFrom<Document>({ $regex, $options: flags.join('') }, ...(flags.length === 0 ? [{ $regex }] : [])),
  );

const operands = fc.array(operand, { maxLength: 4 });

const operators: fc.Arbitrary<Document> = fc
  .record({
    $ne: operand,
    $in: operands,
    $nin: operands,
    $all: fc.array(operand, { maxLength: 2 }),
    $lt: operand,
    $lte: operand,
    $gt: operand,
    $gte: operand,
    $exists: fc.boolean(),
    $size: fc.nat({ max: 3 }),
    regex,
  })
  .chain(({ regex: expression, ...others }) =>
    fc.oneof(
      ...Object.entries(others).map(([operator, of]) => fc.constant({ [operator]: of })),
      fc.constant(expression),
      fc.constant({ ...expression, $ne: others.$ne }),
      fc.constant({ $gte: others.$gte, $lt: others.$lt }),
      fc.constant({ $all: others.$all, $size: others.$size }),
      fc.constant({ $in: others.$in, $nin: others.$nin }),
    ),
  );

const conditions = fc.oneof({ arbitrary: operand, weight: 1 }, { arbitrary: operators, weight: 3 });

const where: fc.Arbitrary<Document> = fc.letrec<{ where: Document }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { arbitrary: fc.dictionary(key, conditions, { minKeys: 1, maxKeys: 2, noNullPrototype: true }), weight: 4 },
    {
      arbitrary: fc.record({ $and: fc.array(tie('where'), { minLength: 1, maxLength: 3 }) }, { noNullPrototype: true }),
      weight: 1,
    },
    {
      arbitrary: fc.record({ $or: fc.array(tie('where'), { minLength: 1, maxLength: 3 }) }, { noNullPrototype: true }),
      weight: 2,
    },
    {
      arbitrary: fc
        .tuple(
          fc.dictionary(key, conditions, { maxKeys: 1, noNullPrototype: true }),
          fc.array(tie('where'), { minLength: 1, maxLength: 2 }),
        )
        .map(([fields, $or]) => ({ ...fields, $or })),
      weight: 1,
    },
  ),
})).where;

const pathsOf = (document: Document, prefix = ''): readonly (readonly [string, unknown])[] =>
  Object.entries(document).flatMap(([name, inner]) => [
    [`${prefix}${name}`, inner] as const,
    ...(isDocument(inner) && timeOf(inner) === undefined ? pathsOf(inner, `${prefix}${name}.`) : []),
  ]);

/** Other values of the same kind. */
const alike = (of: unknown): fc.Arbitrary<unknown> => {
  if (typeof of === 'number') return fc.constantFrom(-1, 0, 1, 1.5, 2, 3);
  if (typeof of === 'string') return fc.constantFrom(...texts, ...clients, ...ids);
  return timeOf(of) === undefined ? operand : fc.constantFrom(...times).map((ms) => wire(new Date(ms)));
};

/** A value, a similar one, or one inside of it: conditions with these hold, or fail by a small difference. */
const near = (of: unknown): fc.Arbitrary<unknown> => {
  const inside: readonly unknown[] = Array.isArray(of) && of.length > 0 ? of : [of];
  return fc.oneof(
    fc.constant(of),
    fc.constantFrom(...inside).chain((one) => fc.oneof(fc.constant(one), alike(one))),
  );
};

const conditionNear = (of: unknown): fc.Arbitrary<unknown> =>
  fc.oneof(
    near(of),
    ...['$ne', '$lt', '$lte', '$gt', '$gte'].map((operator) => near(of).map((one) => ({ [operator]: one }))),
    ...['$in', '$nin', '$all'].map((operator) =>
      fc.array(near(of), { minLength: 1, maxLength: 3 }).map((all) => ({ [operator]: all })),
    ),
    fc.constantFrom(0, 1, Array.isArray(of) ? of.length : 2).map(($size) => ({ $size })),
    fc.boolean().map(($exists) => ({ $exists })),
    { arbitrary: regex, weight: typeof of === 'string' ? 4 : 1 },
  );

/** A condition made from the values of a document, under any key, or under one of the given keys. */
const whereNear = (document: Document, only: readonly string[] = []): fc.Arbitrary<Document> => {
  const paths = pathsOf(document).filter(([path]) => only.length === 0 || only.includes(path));
  return fc.constantFrom(...paths).chain(([path, of]) => conditionNear(of).map((condition) => ({ [path]: condition })));
};

/** One condition, or several joined by `$and` or by `$or`. */
const junctionOf = (one: fc.Arbitrary<Document>): fc.Arbitrary<Document> => {
  const some = fc.array(one, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { arbitrary: one, weight: 3 },
    some.map(($and) => ({ $and })),
    some.map(($or) => ({ $or })),
  );
};

const pair = info.chain((conversation) =>
  fc.tuple(fc.constant(conversation), junctionOf(fc.oneof(where, whereNear(documentOf(conversation))))),
);

/** The conditions include those on ids and members, which preselect candidates. */
const chosen = info.chain((conversation) => {
  const document = documentOf(conversation);
  const one = fc.oneof(
    { arbitrary: whereNear(document, ['objectId', 'm']), weight: 2 },
    { arbitrary: whereNear(document), weight: 1 },
  );
  return fc.tuple(fc.constant(conversation), junctionOf(junctionOf(one)));
});

const runs = { numRuns: 3_000 };

describe('a where', () => {
  it('matches exactly the conversations whose JSON it matches', () => {
    fc.assert(
      fc.property(pair, ([conversation, condition]) => {
        expect(matches(parse(JSON.stringify(condition)))(conversation)).toBe(
          isMatch(documentOf(conversation), condition),
        );
      }),
      runs,
    );
  });

  it('has ids and a member only if all matches have them', () => {
    fc.assert(
      fc.property(chosen, ([conversation, condition]) => {
        fc.pre(isMatch(documentOf(conversation), condition));
        const read = parse(JSON.stringify(condition));
        expect(whereIds(read) ?? [conversation.id]).toContain(conversation.id);
        const member = whereMember(read);
        if (member !== undefined) expect(conversation.members).toContain(member);
      }),
      runs,
    );
  });
});

describe('an order', () => {
  const sort = fc
    .array(
      fc.tuple(fc.constantFrom('', '-'), key).map(([sign, name]) => sign + name),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) => all.join());

  it('sorts like a stable sort of the JSON', () => {
    fc.assert(
      fc.property(fc.array(info, { maxLength: 8 }), sort, (infos, by) => {
        const documents = infos.map((one, index) => ({ index, document: documentOf(one) }));
        const expected = insertionSort(documents, (a, b) => compared(a.document, b.document, by)).map(
          ({ index }) => infos[index],
        );
        const sorted = inOrder(infos, by);
        expect(sorted.every((one, index) => one === expected[index])).toBe(true);
      }),
      runs,
    );
  });
});
