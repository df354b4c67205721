/** The message types of the protocol, and those of applications. */
import fc from 'fast-check';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import { EMPTY, type Observable } from 'rxjs';
import {
  audio,
  AudioType,
  binary,
  bodyCodec,
  builtInTypes,
  defineMessage,
  file,
  FileType,
  image,
  ImageType,
  JsonObject,
  location,
  LocationType,
  record,
  plain,
  RecalledType,
  text,
  textOf,
  video,
  VideoType,
  type Body,
  type BodyCodec,
  type BodyOf,
  type Codec,
  type Custom,
  type Decoded,
  type Extras,
  type MessageDefinition,
  type OutgoingBody,
  type StoredFile,
  type TypedBody,
} from 'rx-realtime/codecs';
import { ofType, type Message } from 'rx-realtime/streams';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { json, wellFormedText } from './arbitrary-of.js';

const Operation = defineMessage({ type: 1, codec: t.type({ op: t.string, count: t.number }) });
const Stamp = defineMessage({ type: 2, codec: record('Stamp', { name: t.string }, { size: t.number }) });
const registry = bodyCodec([...builtInTypes, Operation, Stamp]);
const bodies: BodyCodec = registry;

const objects = json.filter(JsonObject.is);
const extras: fc.Arbitrary<Extras> = fc.record({ text: wellFormedText, attributes: objects }, { requiredKeys: [] });
const files: fc.Arbitrary<StoredFile> = fc.record(
  { url: wellFormedText, objId: wellFormedText.filter((id) => id !== ''), metaData: objects },
  { requiredKeys: ['url'] },
);
// JSON has no negative zero.
const degrees = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const everyBody: Readonly<Record<string, fc.Arbitrary<OutgoingBody>>> = {
  image: fc.tuple(files, extras).map(([stored, more]) => image(stored, more)),
  audio: fc.tuple(files, extras).map(([stored, more]) => audio(stored, more)),
  video: fc.tuple(files, extras).map(([stored, more]) => video(stored, more)),
  file: fc.tuple(files, extras).map(([stored, more]) => file(stored, more)),
  location: fc
    .tuple(degrees, degrees, extras)
    .map(([latitude, longitude, more]) => location({ latitude, longitude }, more)),
  binary: fc.uint8Array({ maxLength: 40 }).map(binary),
  'a custom type': fc
    .tuple(fc.record({ op: wellFormedText, count: fc.integer() }), extras)
    .map(([fields, more]) => Operation(fields, more)),
  'a custom type by a record': fc
    .tuple(fc.record({ name: wellFormedText, size: fc.integer() }, { requiredKeys: ['name'] }), extras)
    .map(([fields, more]) => Stamp(fields, more)),
};

describe('a body is read as it was written', () => {
  it.each(Object.entries(everyBody))('%s', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (body) => {
        expect(E.map(bodies.decode)(bodies.encode(body))).toEqual(E.right(body));
        expect(Object.isFrozen(body)).toBe(true);
      }),
    );
  });
});

describe('the types of the protocol', () => {
  it.each([
    [image('u', { text: 'The cat' }), '{"_lctype":-2,"_lcfile":{"url":"u","objId":"-"},"_lctext":"The cat"}'],
    [audio({ url: 'u', objId: 'o' }), '{"_lctype":-3,"_lcfile":{"url":"u","objId":"o"}}'],
    [
      video({ url: 'u', metaData: { duration: 5 } }),
      '{"_lctype":-4,"_lcfile":{"url":"u","objId":"-","metaData":{"duration":5}}}',
    ],
    [file('u', { attributes: { a: 1 } }), '{"_lctype":-6,"_lcfile":{"url":"u","objId":"-"},"_lcattrs":{"a":1}}'],
    [location({ latitude: 31.5, longitude: -0.25 }), '{"_lctype":-5,"_lcloc":{"latitude":31.5,"longitude":-0.25}}'],
  ])('are written with their number and their fields: %j', (body, msg) => {
    expect(bodies.encode(body)).toEqual(E.right({ msg }));
  });

  it.each(['7', 'null', '{}', '""', '[1]'])('ignore the id %s of a file', (objId) => {
    expect(bodies.decode({ msg: `{"_lctype":-2,"_lcfile":{"url":"u","objId":${objId}}}` })).toEqual(image('u'));
  });

  it('ignore metadata of a file that is not an object', () => {
    expect(bodies.decode({ msg: '{"_lctype":-6,"_lcfile":{"url":"u","metaData":null}}' })).toEqual(file('u'));
  });

  it('drop unknown keys', () => {
    expect(bodies.decode({ msg: '{"_lctype":-2,"x":1,"_lcfile":{"url":"u","y":2,"__proto__":{}}}' })).toEqual(
      image('u'),
    );
  });

  it.each([
    ['an image without a file', '{"_lctype":-2}', -2, '_lcfile'],
    ['an image without an address', '{"_lctype":-2,"_lcfile":{}}', -2, '_lcfile.url'],
    ['a caption that is not text', '{"_lctype":-4,"_lcfile":{"url":"u"},"_lctext":1}', -4, '_lctext'],
    ['a place without a longitude', '{"_lctype":-5,"_lcloc":{"latitude":1}}', -5, '_lcloc.longitude'],
    ['a place whose latitude is text', '{"_lctype":-5,"_lcloc":{"latitude":"1","longitude":2}}', -5, '_lcloc.latitude'],
  ])('give %s as Invalid, with the path', (_, msg, type, path) => {
    expect(bodies.decode({ msg })).toMatchObject({ _tag: 'Invalid', type, raw: msg, failure: { path } });
  });

  it('read a recalled message with any content, and refuse to send one', () => {
    for (const msg of ['{"_lctype":-127}', '{"_lctype":-127,"_lctext":5}'])
      expect(bodies.decode({ msg })).toEqual({ _tag: 'Recalled' });
    expect(bodies.encode({ _tag: 'Recalled' })).toMatchObject(E.left({ _tag: 'DecodeFailed' }));
    expectTypeOf<OutgoingBody>().not.toExtend<{ _tag: 'Recalled' }>();
    expect(RecalledType.is({ _tag: 'Text' })).toBe(false);
  });
});

interface Point {
  readonly x: number;
}

describe('a codec without a library', () => {
  const isPoint = (input: unknown): input is Point =>
    typeof input === 'object' && input !== null && 'x' in input && typeof input.x === 'number';
  const pointCodec = {
    is: isPoint,
    decode: (input: unknown): Decoded<Point> =>
      isPoint(input) ? { _tag: 'Right', right: { x: input.x } } : { _tag: 'Left', left: 'x should be a number' },
    encode: ({ x }: Point) => ({ x }),
  };
  const PointMessage = defineMessage({ type: 3, codec: pointCodec });
  const points = bodyCodec([PointMessage]);
  const refusing = (left: unknown) =>
    bodyCodec([
      defineMessage<Point>({ type: 3, codec: { ...pointCodec, decode: () => ({ _tag: 'Left', left }) } }),
    ]).decode({
      msg: '{"_lctype":3,"y":1}',
    });

  it('reads what it has written', () => {
    const point = PointMessage({ x: 5 }, { text: 'here' });
    expect(points.encode(point)).toEqual(E.right({ msg: '{"x":5,"_lctype":3,"_lctext":"here"}' }));
    expect(points.decode({ msg: '{"x":5,"y":6,"_lctype":3,"_lctext":"here"}' })).toEqual(point);
  });

  it('defines the type of the message fields', () => {
    expectTypeOf(PointMessage({ x: 5 })).toEqualTypeOf<Custom<Point>>();
    expectTypeOf(PointMessage.codec).toEqualTypeOf<Codec<Point>>();
    expectTypeOf(defineMessage({ type: 1, codec: t.type({ x: t.number }) })({ x: 1 })).toEqualTypeOf<
      Custom<{ x: number }>
    >();
    expectTypeOf(defineMessage({ type: 1, codec: t.strict({ at: t.string }) })).toEqualTypeOf<
      MessageDefinition<{ at: string }>
    >();
    // @ts-expect-error: the fields have no y.
    PointMessage({ y: 1 });
    // @ts-expect-error: a codec needs a decode function, too.
    defineMessage<Point>({ type: 3, codec: { is: isPoint, encode: ({ x }: Point) => ({ x }) } });
  });

  it.each([
    ['a text', 'x should be a number', 'message type 3: x should be a number'],
    ['an error', new Error('x is wrong'), 'message type 3: x is wrong'],
    ['an object', { issues: [] }, 'message type 3: an object with "issues"'],
    ['a list of something', [{ path: ['x'] }], 'message type 3: an array of 1'],
    ['nothing', undefined, 'message type 3'],
  ])('can give %s as the reason of a refusal', (_, left, expected) => {
    expect(refusing(left)).toMatchObject({
      _tag: 'Invalid',
      failure: { path: '', expected, preview: 'an object with "y"' },
    });
  });

  it('limits the length of a refusal', () => {
    const body = refusing('x'.repeat(10_000));
    expect(body._tag === 'Invalid' && body.failure.expected.length).toBe(120);
  });

  it('refuses an answer that is neither right nor left', () => {
    const odd = defineMessage<Point>({
      type: 3,
      codec: { ...pointCodec, decode: () => undefined as unknown as Decoded<Point> },
    });
    expect(bodyCodec([odd]).decode({ msg: '{"_lctype":3,"x":1}' })).toMatchObject({ _tag: 'Invalid', type: 3 });
  });

  it('refuses to send fields that are not its own', () => {
    expect(points.encode({ _tag: 'Custom', type: 3, fields: { x: 'five' } } as unknown as Custom<Point>)).toMatchObject(
      E.left({ path: 'fields', expected: 'fields of message type 3' }),
    );
  });

  it('keeps the path and the expected type from another copy of io-ts', () => {
    const context = [
      { key: '', type: { name: '{ a: { b: number } }' } },
      { key: 'a', type: { name: '({ b: number } & { c: string })', _tag: 'IntersectionType' } },
      { key: '0', type: { name: '{ b: number }' } },
      { key: 'b', type: { name: 'number' } },
    ];
    expect(refusing([{ value: 'five', context }])).toMatchObject({
      failure: { path: 'a.b', expected: 'number', preview: '"five"' },
    });
  });
});

describe('a type of the application', () => {
  it('has its fields at the top level of the message', () => {
    expect(bodies.encode(Operation({ op: 'add', count: 1 }, { text: 'plus' }))).toEqual(
      E.right({ msg: '{"op":"add","count":1,"_lctype":1,"_lctext":"plus"}' }),
    );
  });

  it('infers its fields through ofType', () => {
    const messages$ = EMPTY.pipe(ofType(Operation));
    expectTypeOf(messages$).toEqualTypeOf<Observable<Message<Custom<{ op: string; count: number }>>>>();
    expectTypeOf(registry.decode({})).toEqualTypeOf<
      BodyOf<
        Exclude<TypedBody, Custom> | Custom<{ op: string; count: number }> | Custom<{ name: string; size?: number }>
      >
    >();
    expectTypeOf(Operation({ op: '', count: 1 })).toExtend<OutgoingBody>();
    expectTypeOf(bodies.decode({})).toExtend<Body>();
  });

  it('is identified by its number', () => {
    expect(Operation.is(Operation({ op: '', count: 1 }))).toBe(true);
    expect(Operation.is(Stamp({ name: '' }))).toBe(false);
    expect([ImageType, AudioType, VideoType, FileType, LocationType].filter(({ is }) => is(image('u')))).toEqual([
      ImageType,
    ]);
  });

  it.each([0, -1, 1.5, NaN, 2 ** 53])('cannot have the number %d', (type) => {
    expect(() => defineMessage({ type, codec: t.type({}) })).toThrow(RangeError);
  });

  it('cannot share its number with another type', () => {
    const twin = defineMessage({ type: 1, codec: t.type({}) });
    expect(() => bodyCodec([Operation, twin])).toThrow('two message types have the number 1');
  });

  it('is Invalid if its codec refuses the fields, with the path and the original text', () => {
    const raw = '{"_lctype":1,"op":"add"}';
    expect(bodies.decode({ msg: raw })).toMatchObject({ _tag: 'Invalid', type: 1, raw, failure: { path: 'count' } });
    expect(bodies.decode({ msg: '{"_lctype":1,"op":"add","count":1,"_lctext":{}}' })).toMatchObject({
      failure: { path: '_lctext' },
    });
  });

  it('is Invalid if its codec throws', () => {
    const broken = new t.Type<string, string, unknown>(
      'broken',
      (input): input is string => typeof input === 'string',
      () => {
        throw new Error('no more');
      },
      () => {
        throw new Error('not this either');
      },
    );
    const Broken = defineMessage({ type: 9, codec: broken });
    const codec = bodyCodec([Broken]);
    expect(codec.decode({ msg: '{"_lctype":9}' })).toMatchObject({
      _tag: 'Invalid',
      failure: { expected: expect.stringContaining('no more') as string },
    });
    expect(codec.encode(Broken('x'))).toMatchObject(E.left({ _tag: 'DecodeFailed' }));
  });

  it('is Invalid if its codec throws a value that cannot become text', () => {
    const mute = defineMessage<string>({
      type: 9,
      codec: {
        is: (input): input is string => typeof input === 'string',
        decode: () => {
          throw Object.create(null);
        },
        encode: (value) => value,
      },
    });
    expect(bodyCodec([mute]).decode({ msg: '{"_lctype":9}' })).toMatchObject({ _tag: 'Invalid', type: 9 });
  });

  it('is Unknown if it is not registered, and cannot be sent', () => {
    const raw = '{"_lctype":1,"op":"add","count":1}';
    expect(bodyCodec().decode({ msg: raw })).toEqual({ _tag: 'Unknown', type: 1, raw });
    expect(bodyCodec().encode(Operation({ op: '', count: 1 }) as never)).toMatchObject(E.left({ path: '_tag' }));
  });

  it('does not write fields that its codec refuses, that are no object, or that contain a protocol key', () => {
    expect(bodies.encode(Operation({ op: 'add' } as never))).toMatchObject(E.left({ path: 'fields' }));
    const Word = defineMessage({ type: 3, codec: t.string });
    expect(bodyCodec([Word]).encode(Word('x'))).toMatchObject(E.left({ path: 'fields' }));
    const Thief = defineMessage({ type: 4, codec: t.type({ _lctext: t.string }) });
    expect(bodyCodec([Thief]).encode(Thief({ _lctext: 'x' }))).toMatchObject(E.left({ path: 'fields._lctext' }));
  });

  it('ignores inherited keys', () => {
    const Anything = defineMessage({ type: 5, codec: t.UnknownRecord });
    const body = bodyCodec([Anything]).decode({ msg: '{"_lctype":5,"__proto__":{"admin":true},"a":1}' });
    expect(body).toEqual(Anything({ a: 1 }));
    expect(body).not.toHaveProperty('fields.admin');
  });
});

describe('the text of a body', () => {
  it('is its text, content or caption, also of a type that nobody has registered or that refuses its content', () => {
    const decoded = (json: object): Body => registry.decode({ msg: JSON.stringify(json) });
    const bodies: readonly (readonly [Body, string | undefined])[] = [
      [text('a'), 'a'],
      [plain('b'), 'b'],
      [image('http://x', { text: 'c' }), 'c'],
      [image('http://x'), undefined],
      [location({ latitude: 1, longitude: 2 }, { text: 'd' }), 'd'],
      [Operation({ op: 'x', count: 1 }, { text: 'e' }), 'e'],
      [decoded({ _lctype: 77, _lctext: 'f' }), 'f'],
      [decoded({ _lctype: 77, _lctext: 8 }), undefined],
      [decoded({ _lctype: 1, _lctext: 'g', op: 5 }), 'g'],
      [decoded({ _lctype: -127 }), undefined],
      [binary(new Uint8Array([1])), undefined],
    ];
    expect(bodies.map(([body]) => textOf(body))).toEqual(bodies.map(([, expected]) => expected));
  });
});
