import * as t from 'io-ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bodyCodec,
  builtInTypes,
  changedNumber,
  defineMessage,
  readConversations,
  type JsonObject,
} from '../../codecs/index.js';

describe('a number in JSON that JavaScript would change', () => {
  it.each([
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['{"a":[1,{"b":9007199254740993}]}', '9007199254740993'],
    ['9.007199254740993e15', '9.007199254740993e15'],
    ['90071992547409930e-1', '90071992547409930e-1'],
    ['9007199254740993.0', '9007199254740993.0'],
    ['["9007199254740993\\\\",12345678901234567890]', '12345678901234567890'],
    ['1e400', '1e400'],
    ['-1E+999', '-1E+999'],
    ['18446744073709551615', '18446744073709551615'],
  ])('is found: %s', (text, number) => {
    expect(changedNumber(text)).toBe(number);
  });

  it.each([
    '9007199254740991',
    '9007199254740992',
    '1e23',
    '100000000000000000000000',
    '1.7976931348623157e308',
    '3.14159265358979323846',
    '0.10000000000000000555',
    '"9007199254740993"',
    '{"id 9007199254740993":"\\"9007199254740993"}',
    '000',
  ])('is not: %s', (text) => {
    expect(changedNumber(text)).toBeUndefined();
  });

  it('is none that JavaScript has written', () => {
    fc.assert(
      fc.property(fc.json(), fc.double({ noNaN: true, noDefaultInfinity: true }), (text, number) => {
        expect(changedNumber(JSON.stringify(number))).toBeUndefined();
        expect(changedNumber(JSON.stringify(JSON.parse(text)))).toBeUndefined();
      }),
    );
  });

  it('is every whole number that is not the same as a number of JavaScript', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 10n ** 21n - 1n }), (whole) => {
        const isKept = String(Number(whole)) === String(whole);
        expect(changedNumber(`[${String(whole)}]`)).toBe(isKept ? undefined : String(whole));
      }),
    );
  });

  it('is found in time that grows with the text', () => {
    expect(changedNumber(`${'"'.padEnd(200_000, '\\"')}" ${'0'.repeat(200_000)}`)).toBeUndefined();
  });
});

const Order = { type: 1, codec: t.type({ id: t.unknown }) };
const order = '{"_lctype":1,"id":9007199254740993}';

describe('a message with such a number', () => {
  it.each([
    order,
    '{"_lctype":-1,"_lctext":"a","_lcattrs":{"id":9007199254740993}}',
    '{"_lctype":-2,"_lcfile":{"url":"u","metaData":{"size":1e999}}}',
  ])('is invalid, with its text: %s', (msg) => {
    const body = bodyCodec([...builtInTypes, defineMessage(Order)]).decode({ msg });
    expect(body).toMatchObject({ _tag: 'Invalid', raw: msg });
  });

  it('is read and written by a type with its own reader and writer', () => {
    const json = {
      parse: (text: string): JsonObject => ({ _lctype: 1, id: `big ${String(/\d{16}/.exec(text)?.[0])}` }),
      stringify: (value: unknown): string => JSON.stringify(value).replace(/"big (\d+)"/, '$1'),
    };
    const bodies = bodyCodec([...builtInTypes, defineMessage({ ...Order, json })]);
    const body = bodies.decode({ msg: order });
    expect(body).toMatchObject({ _tag: 'Custom', fields: { id: 'big 9007199254740993' } });
    if (body._tag !== 'Custom') return;
    expect(bodies.encode(body)).toMatchObject({ right: { msg: '{"id":9007199254740993,"_lctype":1}' } });
  });

  it('is invalid if the own reader of its type throws or gives no object', () => {
    const reading = (parse: () => unknown) =>
      bodyCodec([...builtInTypes, defineMessage({ ...Order, json: { ...JSON, parse } })]).decode({ msg: order })._tag;
    const failing = (): never => {
      throw new Error('no');
    };
    expect([reading(failing), reading(() => 1)]).toEqual(['Invalid', 'Invalid']);
  });
});

describe('conversations', () => {
  it('with such a number are read, and it is named', () => {
    const read = readConversations('[{"objectId":"c","big":9007199254740993}]');
    expect(read).toMatchObject({ right: { infos: [{ id: 'c' }], altered: [{ path: 'results.data' }] } });
  });

  it('with an attribute of more than 100 levels are read without it, and it is named', () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000);
    const read = readConversations(`[{"objectId":"c","deep":${deep},"flat":1}]`);
    expect(read).toMatchObject({ right: { infos: [{ attributes: { flat: 1 } }], altered: [{ path: '0.deep' }] } });
  });
});
