import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import {
  decodeClientFrame,
  decodeFailed,
  decodeServerFrame,
  encodeFrame,
  preview,
  subprotocols,
} from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';

const failureOf = <A>(codec: t.Type<A, unknown>, input: unknown) => {
  const decoded = codec.decode(input);
  if (E.isRight(decoded)) throw new Error('was accepted');
  return decodeFailed(decoded.left);
};

describe('the path', () => {
  const frame = (command: object) => encodeFrame(command as Parameters<typeof encodeFrame>[0], subprotocols.binary);
  const direct = { cid: 'c', id: 'm', fromPeerId: 'f' };

  it.each([
    [
      'a missing field of a sub-message',
      { cmd: 'direct', directMessage: direct },
      'directMessage.timestamp',
      'SafeInteger',
      'undefined',
    ],
    [
      'an unsafe integer',
      { cmd: 'direct', directMessage: { ...direct, timestamp: 2 ** 60 } },
      'directMessage.timestamp',
      'SafeInteger',
      '1152921504606847000',
    ],
    ['a missing sub-message', { cmd: 'session', op: 'opened' }, 'sessionMessage', 'SessionOpenedMessage', 'undefined'],
    [
      'an item of a list',
      { cmd: 'logs', logsMessage: { logs: [{ msgId: 'm', timestamp: 1, from: 'f' }, {}] } },
      'logsMessage.logs.1.msgId',
      'string',
      'undefined',
    ],
  ])('leads to %s', (_, command, path, expected, shown) => {
    expect(decodeServerFrame(frame(command))).toMatchObject(
      E.left({ _tag: 'DecodeFailed', path, expected, preview: shown }),
    );
  });

  it('leads to a missing field', () => {
    const command = { cmd: 'direct', directMessage: { msg: 'x' } };
    expect(decodeClientFrame(frame(command))).toMatchObject(E.left({ path: 'directMessage.cid' }));
  });

  it('is "frame" if the frame contains no command', () => {
    expect(decodeServerFrame(Uint8Array.of(255))).toMatchObject(
      E.left({ path: 'frame', expected: 'a GenericCommand in protobuf', preview: '1 bytes ff' }),
    );
    expect(decodeServerFrame('not base64!')).toMatchObject(
      E.left({ path: 'frame', expected: 'base64', preview: '"not base64!"' }),
    );
    expect(decodeServerFrame('/w==')).toMatchObject(
      E.left({ path: 'frame', expected: 'a GenericCommand in protobuf' }),
    );
  });

  it('is "cmd" if the command has no cmd', () => {
    expect(decodeServerFrame(new Uint8Array())).toMatchObject(E.left({ path: 'cmd' }));
  });

  const A = t.type({ a: t.type({ b: t.number }) });
  const B = t.partial({ c: t.string });
  const wrong = { a: { b: 'x' } };

  it.each<[string, t.Type<unknown, unknown>, unknown, string]>([
    ['an intersection', t.intersection([A, B]) as t.Mixed, wrong, 'a.b'],
    ['an exact intersection', t.exact(t.intersection([A, B])) as t.Mixed, wrong, 'a.b'],
    ['a readonly intersection', t.readonly(t.intersection([A, B])) as t.Mixed, wrong, 'a.b'],
    ['a refined intersection', t.refinement(t.intersection([A, B]), () => true) as t.Mixed, wrong, 'a.b'],
    ['a recursion', t.recursion('R', () => t.intersection([A, B])) as t.Mixed, wrong, 'a.b'],
    ['a union in a list', t.array(t.union([A, t.string])) as t.Mixed, [wrong], '0.a.b'],
    ['a tuple', t.tuple([t.string, A]) as t.Mixed, ['', wrong], '1.a.b'],
  ])('has no steps that exist only in the codec: %s', (_, codec, input, path) => {
    expect(failureOf(codec, input).path).toBe(path);
  });
});

describe('an error', () => {
  it('says what was expected and what was found', () => {
    const error = failureOf(t.type({ a: t.number }), { a: 'x' });
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toBe('a should be number, but is "x"');
    expect(failureOf(t.number, 'x').message).toBe('value should be number, but is "x"');
  });

  it('uses the message of the codec if it has one', () => {
    const even = new t.Type(
      'Even',
      t.number.is,
      (input, context) => t.failure(input, context, 'an even number'),
      t.identity,
    );
    expect(failureOf(even, 3).expected).toBe('an even number');
  });

  it('can be made from an empty list of errors', () => {
    expect(decodeFailed([])).toMatchObject({ path: '', expected: 'something else', preview: 'undefined' });
  });

  it('has a bounded size for any input and any codec', () => {
    const long = 'x'.repeat(1_000_000);
    const nested = t.record(
      t.string,
      t.record(t.string, t.record(t.string, t.record(t.string, t.record(t.string, t.number)))),
    );
    const byKey = failureOf(nested, { [long]: { [long]: { [long]: { [long]: { [long]: long } } } } });
    const byName = failureOf(new t.Type<never>(long, (input): input is never => !input, t.failure, t.identity), long);
    for (const { path, expected, preview: shown, message } of [byKey, byName]) {
      for (const part of [path, expected, shown]) expect(part.length).toBeLessThanOrEqual(120);
      expect(message.length).toBeLessThan(400);
    }
  });
});

describe('a preview', () => {
  it.each<[unknown, string]>([
    ['text', '"text"'],
    ['a'.repeat(97), `"${'a'.repeat(96)}" (97 chars)`],
    ['\u0000'.repeat(20), `"${'\\u0000'.repeat(19)}\\u00…`],
    ['\ud800', '"\\ud800"'],
    [5, '5'],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 2], 'an array of 2'],
    [{}, 'an object with no keys'],
    [{ a: 1, b: 2 }, 'an object with "a", "b"'],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, 'an object with "a", "b", "c", "d", "e", …'],
    [{ ['k'.repeat(40)]: 1 }, `an object with "${'k'.repeat(15)}…"`],
    [Uint8Array.of(0, 255), '2 bytes 00 ff'],
    [new Uint8Array(17), `17 bytes ${'00 '.repeat(16)}…`],
    [() => 1, 'a function'],
  ])('of %j', (value, shown) => {
    expect(preview(value)).toBe(shown);
  });

  it('has at most 120 characters', () => {
    for (const value of ['\u0001'.repeat(1_000), '"'.repeat(100_000), 10n ** 5_000n, Symbol('s'.repeat(1_000))]) {
      expect(preview(value).length).toBeLessThanOrEqual(120);
    }
    expect(
      preview(Object.fromEntries(Array.from({ length: 9 }, (_, index) => ['\u0001'.repeat(20) + String(index), 1])))
        .length,
    ).toBeLessThanOrEqual(120);
  });
});
