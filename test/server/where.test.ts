import type { Attribute, ConversationInfo } from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';
import { matches } from '../../server/domain/query/matches.js';
import { MAX_SORT_KEYS, sorted as inOrder } from '../../server/domain/query/order.js';
import {
  MAX_CONDITIONS,
  MAX_DEPTH,
  MAX_ELEMENTS,
  MAX_REGEX_LENGTH,
  MAX_REGEX_SIZE,
  parseWhere,
  whereIds,
  whereMember,
} from '../../server/domain/query/where.js';
import { compileRe2 } from '../../server/re2.js';

const parse = (json: string) => parseWhere(json, compileRe2);

const read = (where: object) => parse(JSON.stringify(where));

const conversation = (info: Partial<ConversationInfo> = {}): ConversationInfo => ({
  id: 'a',
  kind: 'ordinary',
  attributes: {},
  ...info,
});

const holds = (where: object, info: Partial<ConversationInfo> = {}): boolean =>
  matches(read(where))(conversation(info));

/** Whether a condition on the attribute `x` holds for a value. Without the second argument, `x` has no value. */
const holdsFor = (condition: unknown, ...value: readonly Attribute[]): boolean =>
  holds({ x: condition }, { attributes: Object.fromEntries(value.map((x) => ['x', x])) });

const date = (iso: string) => ({ __type: 'Date', iso });
const refusal = (words: string): unknown =>
  expect.objectContaining({ _tag: 'Refusal', code: 4310, detail: expect.stringContaining(words) });

/** `inner` inside as many levels of `around` as given. */
const nested = (levels: number, around: (inner: string) => string, inner = '1'): string => {
  const [before = '', after = ''] = around('|').split('|');
  return before.repeat(levels) + inner + after.repeat(levels);
};

describe('a where', () => {
  it('without conditions holds for everything', () => {
    expect(holds({})).toBe(true);
    expect(holds({ $and: [{}] })).toBe(true);
  });

  it('holds if all of its keys hold', () => {
    const info = { name: 'n', attributes: { x: 1 } };
    expect(holds({ name: 'n', x: 1 }, info)).toBe(true);
    expect(holds({ name: 'n', x: 2 }, info)).toBe(false);
    expect(holds({ x: { $gte: 1, $lt: 2 } }, info)).toBe(true);
    expect(holds({ x: { $gte: 1, $lt: 1 } }, info)).toBe(false);
  });

  it('allows $and and $or beside other keys, and inside each other', () => {
    const info = { attributes: { x: 1, y: 2 } };
    expect(holds({ x: 1, $or: [{ y: 1 }, { y: 2 }] }, info)).toBe(true);
    expect(holds({ x: 2, $or: [{ y: 1 }, { y: 2 }] }, info)).toBe(false);
    expect(holds({ $and: [{ $or: [{ x: 5 }, { y: 2 }] }, { x: { $ne: 5 } }] }, info)).toBe(true);
    expect(holds({ $or: [{ x: 5 }, { y: 5 }] }, info)).toBe(false);
  });

  it('knows the keys of the protocol', () => {
    const info: Partial<ConversationInfo> = {
      id: 'id',
      name: 'n',
      creator: 'Tom',
      members: ['Tom', 'Jerry'],
      mutedMembers: ['Tom'],
      unique: true,
      ttl: 60,
    };
    expect(
      holds({ objectId: 'id', name: 'n', c: 'Tom', m: 'Jerry', mu: 'Tom', unique: true, ttl: { $gt: 59 } }, info),
    ).toBe(true);
    for (const key of ['objectId', 'name', 'c', 'm', 'mu', 'unique', 'ttl'])
      expect(holds({ [key]: 'other' }, info)).toBe(false);
  });

  it('finds chat rooms by tr and system conversations by sys; other conversations do not have these keys', () => {
    expect(holds({ tr: true }, { kind: 'room' })).toBe(true);
    expect(holds({ sys: true }, { kind: 'system' })).toBe(true);
    for (const key of ['tr', 'sys']) {
      expect(holds({ [key]: true })).toBe(false);
      expect(holds({ [key]: false })).toBe(false);
      expect(holds({ [key]: { $ne: true } })).toBe(true);
    }
  });

  it('finds no members in a chat room', () => {
    const room: Partial<ConversationInfo> = { kind: 'room', members: ['Tom'] };
    expect(holds({ m: 'Tom' }, room)).toBe(false);
    expect(holds({ m: { $exists: false } }, room)).toBe(true);
  });

  it('finds by a name that is not a text, which is stored as an attribute', () => {
    expect(holds({ name: 5 }, { attributes: { name: 5 } })).toBe(true);
    expect(holds({ name: null }, { attributes: { name: 5 } })).toBe(false);
  });

  it.each(['lm', 'createdAt', 'updatedAt'])('compares dates for %s', (key) => {
    const at = Date.UTC(2030, 0);
    const info = { lastMessageAt: at, createdAt: at, updatedAt: at };
    expect(holds({ [key]: date('2030-01-01T00:00:00.000Z') }, info)).toBe(true);
    expect(
      holds({ [key]: { $gt: date('2029-12-31T23:59:59.999Z'), $lte: date('2030-01-01T01:00:00.000+01:00') } }, info),
    ).toBe(true);
    expect(holds({ [key]: { $lt: date('2030-01-01T00:00:00.000Z') } }, info)).toBe(false);
    expect(holds({ [key]: at }, info)).toBe(false);
    expect(holds({ [key]: null })).toBe(true);
  });

  it('finds nothing by the last message', () => {
    const lastMessage = { id: 'm', from: 'Tom', timestamp: 1, msg: 'secret' };
    expect(holds({ msg: 'secret' }, { lastMessage })).toBe(false);
    expect(holds({ msg_from: { $exists: true } }, { lastMessage })).toBe(false);
  });

  it('reaches nested attributes with dots, and only own properties', () => {
    const attributes = { deep: { age: 5, inner: { x: null } }, list: [{ age: 5 }], at: new Date(0), text: 'text' };
    expect(holds({ 'deep.age': 5, 'deep.inner.x': { $exists: true } }, { attributes })).toBe(true);
    const nothing = [
      ...[
        'deep.nothing',
        'nothing.age',
        'deep.age.x',
        'list.length',
        'list.0',
        'list.age',
        'at.getTime',
        'text.length',
        '',
        'deep..age',
      ],
      ...[
        'deep.__proto__',
        'deep.constructor',
        'deep.constructor.name',
        'constructor',
        'toString',
        '__proto__.toString',
        'm.length',
      ],
    ];
    for (const key of nothing)
      expect(holds({ [key]: { $exists: false } }, { attributes, members: ['Tom'] })).toBe(true);
  });
});

describe('equality', () => {
  it('compares both kind and value', () => {
    for (const value of [0, 1, '', '1', true, false]) expect(holdsFor(value, value)).toBe(true);
    const others: [unknown, Attribute][] = [
      [1, '1'],
      [1, true],
      [0, false],
      ['', false],
      [0, null],
      ['a', 'A'],
      [{}, []],
      [0, new Date(0)],
      [{}, new Date(0)],
    ];
    for (const [condition, value] of others) expect(holdsFor(condition, value)).toBe(false);
  });

  it('treats null and a missing value as equal', () => {
    expect(holdsFor(null)).toBe(true);
    expect(holdsFor(null, null)).toBe(true);
    expect(holdsFor(null, 0)).toBe(false);
    expect(holdsFor(0)).toBe(false);
  });

  it('compares dates by their time, at every level', () => {
    const at = new Date(Date.UTC(2030, 0));
    expect(holdsFor(date('2030-01-01T01:00:00+01:00'), at)).toBe(true);
    expect(holdsFor(date('2030-01-01T00:00:00.001Z'), at)).toBe(false);
    expect(holdsFor({ at: [date('2030-01-01')] }, { at: [at] })).toBe(true);
    expect(holdsFor('2030-01-01T00:00:00.000Z', at)).toBe(false);
    expect(holdsFor({ __type: 'Date', iso: 'never' }, { __type: 'Date', iso: 'never' })).toBe(true);
  });

  it('ignores the order of keys in objects, and respects the order in arrays', () => {
    expect(holdsFor({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
    expect(holdsFor({ a: 1 }, { a: 1, b: 1 })).toBe(false);
    expect(holdsFor({ a: 1, b: null }, { a: 1 })).toBe(false);
    expect(holdsFor({ toString: null }, { x: null })).toBe(false);
    expect(holdsFor([1, 2], [1, 2])).toBe(true);
    expect(holdsFor([1, 2], [2, 1])).toBe(false);
    expect(holdsFor([1], [1, 2])).toBe(false);
    expect(holdsFor({}, {})).toBe(true);
  });

  it('holds if one element of an array is equal', () => {
    expect(holdsFor(2, [1, 2])).toBe(true);
    expect(holdsFor(null, [1, null])).toBe(true);
    expect(holdsFor(date('1970-01-01'), [new Date(0)])).toBe(true);
    expect(holdsFor({ a: 1 }, [{ a: 1 }])).toBe(true);
    expect(holdsFor([1], [[1]])).toBe(true);
    expect(holdsFor(3, [1, 2])).toBe(false);
    expect(holdsFor(1, [[1]])).toBe(false);
  });
});

describe('the operator', () => {
  it('$ne is the opposite of equality, $nin the opposite of $in', () => {
    for (const value of [[], [1], [2], [null], [[1, 2]], ['1']] as readonly (readonly Attribute[])[]) {
      expect(holdsFor({ $ne: 1 }, ...value)).toBe(!holdsFor(1, ...value));
      expect(holdsFor({ $nin: [1, null] }, ...value)).toBe(!holdsFor({ $in: [1, null] }, ...value));
    }
    expect(holdsFor({ $ne: 1 })).toBe(true);
    expect(holdsFor({ $nin: [1] })).toBe(true);
    expect(holdsFor({ $ne: null })).toBe(false);
  });

  it('$in finds values that equal one of its elements', () => {
    expect(holdsFor({ $in: [1, 'a', { b: 1 }, [2], date('1970-01-01')] }, 'a')).toBe(true);
    expect(holdsFor({ $in: [1, { b: 1 }] }, { b: 1 })).toBe(true);
    expect(holdsFor({ $in: [date('1970-01-01')] }, new Date(0))).toBe(true);
    expect(holdsFor({ $in: [1, 2] }, [3, 2])).toBe(true);
    expect(holdsFor({ $in: [null] })).toBe(true);
    expect(holdsFor({ $in: [] }, 1)).toBe(false);
    expect(holdsFor({ $in: [1] }, '1')).toBe(false);
  });

  it('$all finds values that have all of its elements, and an empty $all finds nothing', () => {
    expect(holdsFor({ $all: [1, 2] }, [3, 2, 1])).toBe(true);
    expect(holdsFor({ $all: [1, 2] }, [1, 3])).toBe(false);
    expect(holdsFor({ $all: [1] }, 1)).toBe(true);
    expect(holdsFor({ $all: [] }, [1])).toBe(false);
    expect(holdsFor({ $all: [1] })).toBe(false);
  });

  it('$size finds arrays by their length', () => {
    expect(holdsFor({ $size: 2 }, [1, 1])).toBe(true);
    expect(holdsFor({ $size: 0 }, [])).toBe(true);
    expect(holdsFor({ $size: 1 }, [1, 1])).toBe(false);
    expect(holdsFor({ $size: 2 }, 'ab')).toBe(false);
    expect(holdsFor({ $size: 0 })).toBe(false);
    expect(holds({ m: { $size: 2, $all: ['Tom', 'Jerry'] } }, { members: ['Jerry', 'Tom'] })).toBe(true);
  });

  it('$exists tests for a value; null is a value', () => {
    expect(holdsFor({ $exists: true }, null)).toBe(true);
    expect(holdsFor({ $exists: true })).toBe(false);
    expect(holdsFor({ $exists: false })).toBe(true);
    expect(holdsFor({ $exists: false }, 0)).toBe(false);
  });

  it.each([
    { operator: '$lt', below: true, same: false, above: false },
    { operator: '$lte', below: true, same: true, above: false },
    { operator: '$gt', below: false, same: false, above: true },
    { operator: '$gte', below: false, same: true, above: true },
  ])('$operator compares numbers, text by code units, and dates', ({ operator, below, same, above }) => {
    const of = (to: unknown, ...values: Attribute[]): boolean[] =>
      values.map((value) => holdsFor({ [operator]: to }, value));
    expect(of(2, 1, 2, 10)).toEqual([below, same, above]);
    expect(of('b', 'Z', 'b', 'ba')).toEqual([below, same, above]);
    // Code units are compared, not code points: the first half of an emoji sorts lower.
    expect(of('\uff5e', '\ud83d\ude00')).toEqual([below]);
    expect(of(date('1970-01-02'), new Date(0), new Date(86_400_000), new Date(86_400_001))).toEqual([
      below,
      same,
      above,
    ]);
  });

  it.each(['$lt', '$lte', '$gt', '$gte'])('%s finds nothing if the kinds differ', (operator) => {
    const kinds: [unknown, Attribute][] = [
      [1, 1],
      ['1', '1'],
      [date('1970-01-01'), new Date(0)],
      [true, true],
      [null, null],
      [{}, {}],
    ];
    for (const [at, [to]] of kinds.entries())
      for (const [other, [, value]] of kinds.entries())
        if (at !== other || at > 2) expect(holdsFor({ [operator]: to }, value)).toBe(false);
    expect(holdsFor({ [operator]: 1 })).toBe(false);
  });

  it('$gt, $gte, $lt and $lte hold if they hold for one element of an array', () => {
    expect(holdsFor({ $gt: 2 }, [1, 3])).toBe(true);
    expect(holdsFor({ $gt: 3 }, [1, 'x', 3])).toBe(false);
    // As in MongoDB: two conditions may hold for two different elements.
    expect(holdsFor({ $gt: 2, $lt: 2 }, [1, 3])).toBe(true);
  });

  it('$regex finds a part of a text, or of a text in an array, and nothing else', () => {
    expect(holdsFor({ $regex: 'b+' }, 'abbc')).toBe(true);
    expect(holdsFor({ $regex: '^b' }, 'abbc')).toBe(false);
    expect(holdsFor({ $regex: '^b' }, ['a', 'b'])).toBe(true);
    expect(holdsFor({ $regex: '' }, '')).toBe(true);
    expect(holdsFor({ $regex: '' })).toBe(false);
    expect(holdsFor({ $regex: '1' }, 1)).toBe(false);
    expect(holdsFor({ $regex: '^.$' }, '😀')).toBe(true);
  });

  it('$regex takes the text between \\Q and \\E literally; clients send it for substring, prefix and suffix', () => {
    expect(holdsFor({ $regex: '\\Qa.b\\E' }, 'xa.bx')).toBe(true);
    expect(holdsFor({ $regex: '\\Qa.b\\E' }, 'xacbx')).toBe(false);
    expect(holdsFor({ $regex: '^\\Q(a\\E' }, '(ab')).toBe(true);
    expect(holdsFor({ $regex: '\\Q[b\\E$' }, 'a[b')).toBe(true);
    expect(holdsFor({ $regex: '\\Qa\\E\\\\E\\Qb\\E' }, 'a\\Eb')).toBe(true);
  });

  it.each([
    ['^[\\u4e00-\\u9fa5]+$', '猫和老鼠', 'Tom'],
    ['\\u732B', '猫', 'u732B'],
    ['^\\uD83D\\uDE00$', '😀', '😁'],
    ['^[\\ud83d\\ude00-\\ud83d\\ude02]$', '😁', 'a'],
    ['^\\u{1f600}$', '😀', 'a'],
    ['^\\x41\\/$', 'A/', 'A'],
    ['^\\cA$', '\u0001', 'A'],
    ['^(?<name>a)$', 'a', 'b'],
    ['^a/b$', 'a/b', 'a\\/b'],
    ['^\\\\u4e00$', '\\u4e00', '一'],
    ['^\\Qa/\\u4e00\\E$', 'a/\\u4e00', 'a/一'],
    ['^\\\\Q\\u4e00$', '\\Q一', '\\Q\\u4e00'],
    ['\\Qa/\\E\\u4e00', 'a/一', 'a/u4e00'],
    ['\\Q\\u4e00', '\\u4e00', '一'],
  ])(
    '$regex %s has escapes of JavaScript, which the published client sends: it finds %j, not %j',
    ($regex, yes, no) => {
      expect([holdsFor({ $regex }, yes), holdsFor({ $regex }, no)]).toEqual([true, false]);
    },
  );

  it('$options lets $regex ignore case, match at lines, or match a line break with a dot', () => {
    expect(holdsFor({ $regex: 'ab' }, 'AB')).toBe(false);
    expect(holdsFor({ $regex: 'ab', $options: 'i' }, 'AB')).toBe(true);
    expect(holdsFor({ $options: 'i', $regex: 'ab' }, 'AB')).toBe(true);
    expect(holdsFor({ $regex: '^b$' }, 'a\nb\nc')).toBe(false);
    expect(holdsFor({ $regex: '^B$', $options: 'mi' }, 'a\nb\nc')).toBe(true);
    expect(holdsFor({ $regex: 'a.b' }, 'a\nb')).toBe(false);
    expect(holdsFor({ $regex: 'a.b', $options: 's' }, 'a\nb')).toBe(true);
    expect(holdsFor({ $regex: 'ab', $options: '' }, 'ab')).toBe(true);
  });

  it('$regex takes time in proportion to the length of the text, for every expression', () => {
    // A backtracking implementation would never finish this.
    expect(holdsFor({ $regex: '^(a+)+$' }, `${'a'.repeat(20_000)}!`)).toBe(false);
  });
});

describe('a refusal with 4310 names the fault:', () => {
  it.each(['', '{', '[]', '5', 'null', '"x"'])('a where that is not a JSON object: "%s"', (json) => {
    expect(() => parse(json)).toThrow(refusal('JSON object'));
  });

  it.each<{ readonly where: object; readonly words: string }>([
    { where: { $nor: [{}] }, words: '"$nor"' },
    { where: { '$where.x': 1 }, words: '"$where.x"' },
    { where: { x: { $near: 1 } }, words: '"$near"' },
    { where: { x: { $and: [{}] } }, words: '"$and"' },
    { where: { $in: ['a'] }, words: '"$in"' },
    { where: { $and: [{ $or: [{ x: { $foo: 1 } }] }] }, words: '"$foo"' },
    { where: { x: { toString: 1, $constructor: 1 } }, words: '"$constructor"' },
  ])('an unknown operator, or an operator in a wrong place: $where', ({ where, words }) => {
    expect(() => read(where)).toThrow(refusal(words));
  });

  it('operators beside plain keys', () => {
    expect(() => read({ x: { $gt: 1, age: 1 } })).toThrow(refusal('"x" has both the operator "$gt" and the key "age"'));
    expect(() => read({ x: { ...date('2030-01-01'), $lt: 1 } })).toThrow(refusal('"__type"'));
  });

  it('operators inside values', () => {
    for (const where of [
      { x: { age: { $gt: 1 } } },
      { x: { $in: [{ $gt: 1 }] } },
      { x: { $ne: { $gt: 1 } } },
      { x: [1, { $gt: 1 }] },
    ])
      expect(() => read(where)).toThrow(refusal('"$gt" can not be inside of a value'));
  });

  it.each(['$and', '$or'])('%s without conditions, or with a wrong value', (junction) => {
    for (const value of [[], {}, 'x', null, [1], [[]], [{}, null]])
      expect(() => read({ [junction]: value })).toThrow(refusal(`${junction} should be an array of conditions`));
  });

  it.each([
    { operator: '$in', values: ['a', 1, null, {}] },
    { operator: '$nin', values: ['a', { length: 1 }] },
    { operator: '$all', values: ['a', true] },
    { operator: '$exists', values: [1, 'true', null] },
    { operator: '$size', values: [-1, 0.5, '1', null] },
    { operator: '$regex', values: [1, null, ['a'], {}] },
  ])('$operator with a wrong value', ({ operator, values }) => {
    for (const value of values) expect(() => read({ x: { [operator]: value } })).toThrow(refusal(operator));
  });

  it('$options without $regex, or with letters other than i, m and s', () => {
    expect(() => read({ x: { $options: 'i' } })).toThrow(refusal('beside a $regex'));
    for (const options of ['x', 'ig', 'I', 'u', ' '])
      expect(() => read({ x: { $regex: 'a', $options: options } })).toThrow(refusal('$options can be i, m and s, not'));
    for (const options of [null, 1, ['i']])
      expect(() => read({ x: { $regex: 'a', $options: options } })).toThrow(refusal('$options should be a text'));
  });

  it.each(['(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(', '[', '*', '\\', 'a{1001}'])(
    'the expression %s, which RE2 does not support',
    ($regex) => {
      expect(() => read({ x: { $regex } })).toThrow(refusal('RE2 syntax'));
    },
  );
});

describe('the limits of a where:', () => {
  it('$and and $or nest up to 10 levels', () => {
    for (const junction of ['$and', '$or']) {
      const where = (levels: number): string => nested(levels, (inner) => `{"${junction}":[${inner}]}`, '{"x":1}');
      expect(matches(parse(where(MAX_DEPTH)))(conversation({ attributes: { x: 1 } }))).toBe(true);
      expect(() => parse(where(MAX_DEPTH + 1))).toThrow(refusal(`at most ${MAX_DEPTH}`));
    }
  });

  it('a value has up to 10 levels in every position', () => {
    const positions = [
      (value: string) => `{"x":${value}}`,
      ...['$ne', '$gt'].map((operator) => (value: string) => `{"x":{"${operator}":${value}}}`),
    ];
    const inLists = ['$in', '$nin', '$all'].map((operator) => (value: string) => `{"x":{"${operator}":[${value}]}}`);
    for (const where of [...positions, ...inLists])
      for (const around of [(inner: string) => `[${inner}]`, (inner: string) => `{"a":${inner}}`]) {
        expect(() => parse(where(nested(MAX_DEPTH, around)))).not.toThrow();
        expect(() => parse(where(nested(MAX_DEPTH + 1, around)))).toThrow(refusal(`at most ${MAX_DEPTH} levels`));
      }
  });

  it.each([1_000, 100_000])('a where with %i levels is refused without a stack overflow', (levels) => {
    for (const around of [
      '{"$and":[|]}',
      '{"$or":[|]}',
      '{"x":|}',
      '[|]',
      '{"x":{"$in":[|]}}',
      '{"x":{"$ne":|}}',
      '{"$and":|}',
      '{"$foo":|}',
    ]) {
      const where = nested(levels, (inner) => around.replace('|', inner), '{}');
      expect(() => parse(where)).toThrow(expect.objectContaining({ code: 4310 }));
      expect(() => parse(`{"y":${where}}`)).toThrow(expect.objectContaining({ code: 4310 }));
      expect(() => parse(`{"y":{"$in":[${where}]}}`)).toThrow(expect.objectContaining({ code: 4310 }));
    }
  });

  it('a key with 100,000 dots finds nothing', () => {
    expect(holds({ [`x${'.x'.repeat(100_000)}`]: { $exists: true } }, { attributes: { x: { x: 1 } } })).toBe(false);
  });

  it('there are up to 100 conditions in total', () => {
    const equals = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`x${n}`, n]));
    const range = { $gt: 1, $lt: 2, $regex: 'a', $options: 'i' };
    const wheres = (more: number): object[] => [
      equals(100 + more),
      { $or: Array.from({ length: 100 + more }, () => ({ x: 1 })) },
      { $and: Array.from({ length: 100 + more }, () => ({})) },
      { ...equals(50), $and: [{ $or: [equals(25), { ...equals(25 + more) }] }] },
      { x: range, $and: [equals(97 + more)] },
    ];
    for (const where of wheres(0)) expect(() => read(where)).not.toThrow();
    for (const where of wheres(1)) expect(() => read(where)).toThrow(refusal(`at most ${MAX_CONDITIONS} conditions`));
  });

  it.each(['$in', '$nin', '$all'])('%s has up to 1,000 elements', (operator) => {
    const elements = Array.from({ length: MAX_ELEMENTS }, (_, n) => n);
    expect(() => read({ x: { [operator]: elements } })).not.toThrow();
    expect(() => read({ x: { [operator]: [...elements, 0] } })).toThrow(
      refusal(`${operator} has at most ${MAX_ELEMENTS} elements`),
    );
  });

  it('an expression has up to 512 characters', () => {
    for (const part of ['a', '.', '(a)?', 'a|', '\\Q', 'x?']) {
      const longest = part.repeat(MAX_REGEX_LENGTH).slice(0, MAX_REGEX_LENGTH);
      expect(() => read({ x: { $regex: longest } })).not.toThrow();
      expect(() => read({ x: { $regex: `${longest}a` } })).toThrow(
        refusal(`$regex has at most ${MAX_REGEX_LENGTH} characters`),
      );
    }
  });

  it('an expression with too many repetitions is refused, because it would be slow for every text', () => {
    expect(() => read({ x: { $regex: 'a{900}' } })).not.toThrow();
    for (const $regex of ['.{0,1000}'.repeat(50), 'a{999}a{999}', '(a{0,30}){0,30}'])
      expect(() => read({ x: { $regex } })).toThrow(refusal(`at most ${MAX_REGEX_SIZE} instructions`));
  });
});

describe('the ids of a where', () => {
  it.each([
    { where: { objectId: 'a' }, ids: ['a'] },
    { where: { objectId: 'a', x: 1 }, ids: ['a'] },
    { where: { objectId: { $in: ['b', 'a', 'b'] } }, ids: ['b', 'a'] },
    { where: { objectId: { $ne: 'a', $in: ['a', 'b'] } }, ids: ['a', 'b'] },
    { where: { objectId: { $in: [] } }, ids: [] },
    { where: { objectId: { $in: ['a', 1, null] } }, ids: ['a'] },
    { where: { objectId: 5 }, ids: [] },
    { where: { $and: [{ objectId: 'a' }, { x: 1 }] }, ids: ['a'] },
  ])('are the ids that it allows, each once: $where', ({ where, ids }) => {
    expect(whereIds(read(where))).toEqual(ids);
  });

  it.each([
    {},
    { m: 'a' },
    { objectId: { $ne: 'a' } },
    { objectId: { $nin: ['a'] } },
    { objectId: { $gt: 'a' } },
    { objectId: { $regex: 'a' } },
    { 'objectId.x': 'a' },
    { $or: [{ objectId: 'a' }, { x: 1 }] },
  ])('are unknown if it allows all ids: %o', (where) => {
    expect(whereIds(read(where))).toBeUndefined();
  });
});

describe('the member of a where', () => {
  it.each([
    { m: 'Tom' },
    { m: { $all: ['Tom'] } },
    { m: { $all: ['Tom', 'Jerry'], $size: 2 } },
    { $and: [{ m: 'Tom' }] },
    { x: 1, m: 'Tom' },
  ])('is a member that every match has: %o', (where) => {
    expect(whereMember(read(where))).toBe('Tom');
  });

  it.each([
    {},
    { m: { $in: ['Tom', 'Jerry'] } },
    { m: { $ne: 'Tom' } },
    { m: { $all: [] } },
    { m: null },
    { m: ['Tom'] },
    { mu: 'Tom' },
    { c: 'Tom' },
    { $or: [{ m: 'Tom' }] },
  ])('is unknown if a match may have other members: %o', (where) => {
    expect(whereMember(read(where))).toBeUndefined();
  });
});

describe('an order', () => {
  const sorted = (sort: string, ...all: readonly Partial<ConversationInfo>[]): string[] =>
    inOrder(
      all.map((info, n) => conversation({ ...info, id: info.id ?? String(n) })),
      sort,
    ).map(({ id }) => id);
  const byX = (sort: string, ...values: readonly Attribute[]): string[] =>
    sorted(sort, ...values.map((x) => ({ attributes: { x } })));

  it('puts values other than numbers, dates and texts first, then numbers and dates, then texts by code units', () => {
    expect(byX('x', 'b', 2, 'B', new Date(1), null, -1, true)).toEqual(['4', '6', '5', '3', '1', '2', '0']);
    expect(byX('-x', 'b', 2, 'B', new Date(1), null, -1)).toEqual(['0', '2', '1', '3', '5', '4']);
  });

  it('compares by the first key first, each key in its own direction, and keeps the order of equal items', () => {
    const [a, b, c] = [
      { name: 'n', lastMessageAt: 1 },
      { name: 'm', lastMessageAt: 1 },
      { name: 'n', lastMessageAt: 2 },
    ];
    expect(sorted('lm,name', a, b, c, a)).toEqual(['1', '0', '3', '2']);
    expect(sorted('-lm,name', a, b, c, a)).toEqual(['2', '1', '0', '3']);
    expect(sorted('-lm,-name', a, b, c, a)).toEqual(['2', '0', '3', '1']);
    expect(sorted('', a, b, c)).toEqual(['0', '1', '2']);
  });

  it('sorts by keys of the protocol, and by nested attributes with dots', () => {
    expect(sorted('-objectId', { id: 'a' }, { id: 'b' })).toEqual(['b', 'a']);
    expect(
      sorted(
        '-deep.n',
        { attributes: { deep: { n: 1 } } },
        { attributes: { deep: { n: 2 } } },
        { attributes: { 'deep.n': 3 } },
      ),
    ).toEqual(['1', '0', '2']);
    expect(sorted('constructor.name,deep.__proto__', { attributes: { deep: {} } }, {})).toEqual(['0', '1']);
  });

  it('has up to 32 keys, and refuses more, or wrong keys, with 4310', () => {
    const keys = (count: number): string => Array.from({ length: count }, (_, n) => `x${n}`).join(',');
    expect(sorted(keys(MAX_SORT_KEYS), {}, {})).toEqual(['0', '1']);
    expect(() => inOrder([], keys(MAX_SORT_KEYS + 1))).toThrow(refusal(`at most ${MAX_SORT_KEYS} keys`));
    expect(sorted('-'.repeat(100_000), {}, {})).toEqual(['0', '1']);
  });
});
