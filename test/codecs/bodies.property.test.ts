import fc from 'fast-check';
import { either as E } from 'fp-ts';
import * as t from 'io-ts';
import {
  binary,
  bodyCodec,
  builtInTypes,
  fromStored,
  JsonObject,
  messageType,
  plain,
  record,
  text,
  TextType,
  toStored,
  type Body,
  type Custom,
  type TypedBody,
  type BodyOf,
  type Text,
  type WireBody,
} from 'rx-realtime/codecs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { json, wellFormedText } from './arbitrary-of.js';

interface Song {
  readonly _tag: 'Song';
  readonly title: string;
  readonly seconds?: number;
}

/** A message type of an application, as an application would define it in a file. */
const SongType = messageType<Song, { _lctype: 7; title: string; s?: number }>({
  type: 7,
  tag: 'Song',
  body: record('Song', { _tag: t.literal('Song'), title: t.string }, { seconds: t.number }),
  wire: record('SongBody', { _lctype: t.literal(7), title: t.string }, { s: t.number }),
  toBody: ({ title, s }) => ({ _tag: 'Song', title, ...(s === undefined ? {} : { seconds: s }) }),
  toWire: ({ title, seconds }) => ({ _lctype: 7, title, ...(seconds === undefined ? {} : { s: seconds }) }),
});

type BuiltIn = Exclude<TypedBody, Custom>;

const bodies = bodyCodec();
const withSongs = bodyCodec([...builtInTypes, SongType]);

const texts: fc.Arbitrary<Text> = fc
  .tuple(wellFormedText, fc.option(json.filter(JsonObject.is), { nil: undefined }))
  .map(([content, attributes]) => text(content, attributes));

const songs: fc.Arbitrary<Song> = fc
  .record({ title: wellFormedText, seconds: fc.nat() }, { requiredKeys: ['title'] })
  .map((song) => ({ _tag: 'Song', ...song }));

describe('a body is read as it was written', () => {
  it.each([
    ['a text', texts],
    ['a plain string', wellFormedText.map(plain)],
    ['a song', songs],
  ])('%s', (_, arbitrary: fc.Arbitrary<Text | Song | ReturnType<typeof plain>>) => {
    fc.assert(
      fc.property(arbitrary, (body) => {
        expect(E.map(withSongs.decode)(withSongs.encode(body))).toEqual(E.right(body));
      }),
    );
  });

  it('by its type alone', () => {
    fc.assert(
      fc.property(texts, (body) => {
        expect(E.chain(TextType.decode)(TextType.encode(body))).toEqual(E.right(body));
      }),
    );
  });

  it('from a stored message', () => {
    const contents: fc.Arbitrary<WireBody> = fc.oneof(
      fc.constant({}),
      wellFormedText.map((msg) => ({ msg })),
      fc.uint8Array({ maxLength: 40 }).map((binaryMsg) => ({ binaryMsg })),
    );
    fc.assert(
      fc.property(contents, (content) => {
        expect(fromStored(toStored(content))).toEqual(content);
      }),
    );
  });
});

describe('reading a body', () => {
  it('accepts the bodies of a registry by their tags', () => {
    expectTypeOf(bodies.decode({})).toExtend<Body>();
    expectTypeOf(withSongs.decode({})).toEqualTypeOf<BodyOf<BuiltIn | Song>>();
    const body = withSongs.decode({ msg: '{"_lctype":7,"title":"Tom"}' });
    expect(body._tag === 'Song' && body.title).toBe('Tom');
  });

  it('returns Unknown, with the number, for a type that is not registered', () => {
    const raw = '{"_lctype":7,"title":"Tom"}';
    expect(bodies.decode({ msg: raw })).toEqual({ _tag: 'Unknown', type: 7, raw });
  });

  it('returns Invalid, with the path, for content that the type refuses', () => {
    const raw = '{"_lctype":-1,"_lctext":5}';
    expect(bodies.decode({ msg: raw })).toMatchObject({
      _tag: 'Invalid',
      type: -1,
      raw,
      failure: { _tag: 'DecodeFailed', path: '_lctext', preview: '5' },
    });
  });

  it('returns Binary for bytes', () => {
    const binaryMsg = Uint8Array.of(1, 2, 255);
    expect(bodies.decode({ binaryMsg })).toEqual(binary(binaryMsg));
  });

  it.each(['', ' ', 'hello', '5', 'null', '[]', '{}', '{', '{"_lctype":"1"}', '{"_lctype":null}', '"{}"'])(
    'returns Plain for %j',
    (msg) => {
      expect(bodies.decode({ msg })).toEqual(plain(msg));
    },
  );

  it('returns an empty Plain for a missing body', () => {
    expect(bodies.decode({})).toEqual(plain(''));
  });

  it('returns text for content that is marked as bytes but is not base64', () => {
    expect(fromStored({ data: 'no base64!', bin: true })).toEqual({ msg: 'no base64!' });
  });

  it('keeps only the keys of the type', () => {
    expect(bodies.decode({ msg: '{"_lctype":-1,"_lctext":"a","x":1}' })).toEqual(text('a'));
  });
});

describe('writing a body', () => {
  const failure = (path: string) => E.left(expect.objectContaining({ _tag: 'DecodeFailed', path }));
  const half = '😀'.slice(0, 1);

  it.each([
    ['a plain string', plain(`cut ${half}`), 'content'],
    ['a text', text(`cut ${half}`), ''],
    ['a text with a backslash before it', text(`\\${half}`), ''],
    ['an attribute', text('', { a: [{ b: half }] }), ''],
    ['a key', text('', { [half]: 1 }), ''],
  ])('refuses half a surrogate pair in %s', (_, body, path) => {
    expect(bodies.encode(body)).toEqual(failure(path));
    expect(bodies.encode(body)).toMatchObject(E.left({ expected: 'text without half a surrogate pair' }));
  });

  it.each(['😀', '\\ud800', '\\\\ud800', '\\', '\u0000', '\ufeff', '\ue000'])('writes %j', (content) => {
    for (const body of [text(content), plain(content)])
      expect(E.map(bodies.decode)(bodies.encode(body))).toEqual(E.right(body));
  });

  it('refuses a body of a type that is not registered', () => {
    const song: Song = { _tag: 'Song', title: 'Tom' };
    expect(bodyCodec([SongType]).encode(song)).toEqual(E.right({ msg: '{"_lctype":7,"title":"Tom"}' }));
    expect(bodies.encode(song as never)).toEqual(failure('_tag'));
  });

  it('refuses a body that does not match its tag', () => {
    expect(bodies.encode({ _tag: 'Text' } as never)).toEqual(failure('text'));
    expect(bodies.encode({ _tag: 'Text', text: 5 } as never)).toEqual(failure('text'));
    expect(bodies.encode({ _tag: 'Plain', content: 5 } as never)).toEqual(failure('_tag'));
  });

  it('refuses what JSON cannot hold', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(bodies.encode(text('', cycle as never))).toEqual(failure(''));
    expect(bodies.encode(text('', { big: 1n } as never))).toEqual(failure(''));
  });
});

it('makes immutable bodies', () => {
  expect(Object.isFrozen(text('a'))).toBe(true);
  expect(Object.isFrozen(text('a', {}))).toBe(true);
  expect(Object.isFrozen(plain('a'))).toBe(true);
});

describe('the fast reader of texts', () => {
  /** The same types, which the fast reader does not know. */
  const slow = bodyCodec(builtInTypes.map((type) => ({ ...type })));
  const number = fc.constantFrom('-1', '-1.0', '-1e0', '1', '-2', '"-1"', '-1,"_lctype":99999999999999999999', '-1 ');
  const content = fc.oneof(
    fc.string().map((value) => JSON.stringify(value)),
    fc.string().map((value) => `"${value}"`),
    fc.constantFrom('"a","_lcattrs":{}', '"a","__proto__":"b"', '""', '1', '"a","_lctext":"bcd"', '"\u0001"', '"\\n"'),
  );
  const raw = fc.oneof(
    fc.tuple(number, content).map(([type, value]) => `{"_lctype":${type},"_lctext":${value}}`),
    content.map((value) => `{"_lctype":-1,"_lctext":${value}}`),
  );

  it('gives what the type gives, for every text and for everything like it', () => {
    fc.assert(
      fc.property(raw, (msg) => {
        expect(bodies.decode({ msg })).toEqual(slow.decode({ msg }));
      }),
      { numRuns: 1_000 },
    );
  });
});
