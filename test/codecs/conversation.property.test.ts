import fc from 'fast-check';
import { either as E } from 'fp-ts';
import {
  decodeAttributes,
  decodeConversations,
  decodeDates,
  encodeAttributes,
  encodeConversations,
  encodeDates,
  Timestamp,
  type Attribute,
  type ConversationInfo,
  type LastMessage,
} from 'rx-realtime/codecs';
import { describe, expect, it } from 'vitest';
import { RawConversation } from '../../codecs/raw-conversation.js';
import { json, wellFormedText } from './arbitrary-of.js';

const time = fc.integer({ min: -8.64e15, max: 8.64e15 });
const protocolKeys = new Set(
  'objectId c m mu tr sys unique name ttl lm createdAt updatedAt msg bin msg_from msg_mid msg_timestamp patch_timestamp __proto__'.split(
    ' ',
  ),
);

const attribute: fc.Arbitrary<Attribute> = fc.letrec<{ value: Attribute }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    json,
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      wellFormedText.filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value;

const attributes = fc.dictionary(
  wellFormedText.filter((key) => !protocolKeys.has(key)),
  attribute,
  { maxKeys: 4, noNullPrototype: true },
);

const lastMessage: fc.Arbitrary<LastMessage> = fc
  .tuple(
    fc.record(
      { id: wellFormedText, from: wellFormedText, timestamp: fc.maxSafeInteger(), patchTimestamp: fc.maxSafeInteger() },
      { requiredKeys: ['id', 'from', 'timestamp'], noNullPrototype: true },
    ),
    fc.oneof(
      fc.constant({}),
      wellFormedText.map((msg) => ({ msg })),
      fc.uint8Array({ maxLength: 40 }).map((binaryMsg) => ({ binaryMsg })),
    ),
  )
  .map(([head, body]) => ({ ...head, ...body }));

const optional = {
  name: wellFormedText,
  creator: wellFormedText,
  members: fc.array(wellFormedText),
  mutedMembers: fc.array(wellFormedText),
  unique: fc.boolean(),
  createdAt: time,
  updatedAt: time,
  lastMessageAt: time,
  lastMessage,
};

/** Other fields define the kind, so each kind has its own values. */
const conversation: fc.Arbitrary<ConversationInfo> = fc
  .tuple(
    fc.record({ attributes, ...optional }, { requiredKeys: ['attributes'], noNullPrototype: true }),
    fc.constantFrom<Pick<ConversationInfo, 'id' | 'kind' | 'ttl'>>(
      { id: 'a', kind: 'ordinary' },
      { id: 'b', kind: 'room' },
      { id: 'c', kind: 'system' },
      { id: '_tmp:d', kind: 'temporary' },
      { id: 'e', kind: 'temporary', ttl: 3_600 },
    ),
  )
  .map(([info, kind]) => ({ ...info, ...kind }));

describe('a value is read as it was written', () => {
  it('dates at any depth', () => {
    fc.assert(
      fc.property(attribute, (value) => {
        expect(decodeDates(encodeDates(value))).toEqual(value);
      }),
    );
  });

  it('attributes', () => {
    fc.assert(
      fc.property(attributes, (value) => {
        expect(decodeAttributes(encodeAttributes(value))).toEqual(E.right(value));
      }),
    );
  });

  it('times', () => {
    fc.assert(
      fc.property(time, (value) => {
        expect(Timestamp.decode(Timestamp.encode(value))).toEqual(E.right(value));
      }),
    );
  });

  it('a conversation', () => {
    fc.assert(
      fc.property(conversation, (info) => {
        expect(RawConversation.is(info)).toBe(true);
        expect(RawConversation.decode(RawConversation.encode(info))).toEqual(E.right(info));
      }),
    );
  });

  it('conversations, as the text of a query', () => {
    fc.assert(
      fc.property(fc.array(conversation, { maxLength: 3 }), (infos) => {
        expect(decodeConversations(encodeConversations(infos))).toEqual(E.right(infos));
      }),
    );
  });
});

describe('a conversation of a server', () => {
  const decode = (...objects: unknown[]) => decodeConversations(JSON.stringify(objects));
  const first = (object: unknown) => E.map((infos: readonly ConversationInfo[]) => infos[0])(decode(object));

  it('may have its dates in either form', () => {
    const ms = Date.UTC(2030, 0);
    const iso = new Date(ms).toISOString();
    expect(first({ objectId: 'a', createdAt: iso, lm: { __type: 'Date', iso } })).toEqual(
      E.right({ id: 'a', kind: 'ordinary', createdAt: ms, lastMessageAt: ms, attributes: {} }),
    );
  });

  it('treats null as a missing value', () => {
    expect(first({ objectId: 'a', m: null, lm: null, msg: null, name: null, x: null })).toEqual(
      E.right({ id: 'a', kind: 'ordinary', attributes: { name: null, x: null } }),
    );
  });

  it('stays readable if a member has set its name to a value that is not text', () => {
    expect(first({ objectId: 'a', name: { x: 1 } })).toEqual(
      E.right({ id: 'a', kind: 'ordinary', attributes: { name: { x: 1 } } }),
    );
  });

  it('stays readable if the bytes of its last message are not base64', () => {
    const info = first({ objectId: 'a', msg: 'é!', bin: true, msg_mid: 'm', msg_from: 'f', msg_timestamp: 1 });
    expect(info).toEqual(
      E.right({
        id: 'a',
        kind: 'ordinary',
        attributes: {},
        lastMessage: { id: 'm', from: 'f', timestamp: 1, msg: 'é!' },
      }),
    );
  });

  it('is not an object that lacks its required parts', () => {
    expect(RawConversation.is({ id: 'a', kind: 'ordinary', attributes: {} })).toBe(true);
    expect(RawConversation.is({ id: 'a', kind: 'none', attributes: {} })).toBe(false);
    expect(RawConversation.is({ id: 'a', kind: 'room', attributes: {}, createdAt: '1' })).toBe(false);
    expect(RawConversation.is({ id: 'a', kind: 'room', attributes: [] })).toBe(false);
  });

  it('is refused with the path to the wrong part', () => {
    const good = { objectId: 'a' };
    expect(decode(good, good, { objectId: 'c', m: [5] })).toMatchObject(
      E.left({ path: '2.m.0', expected: 'string', preview: '5' }),
    );
    expect(decode({})).toMatchObject(E.left({ path: '0.objectId' }));
    expect(decode({ objectId: 'a', lm: 'no date' })).toMatchObject(E.left({ path: '0.lm', expected: 'Timestamp' }));
    expect(decode(5)).toMatchObject(E.left({ path: '0', expected: 'Conversation' }));
    expect(decodeConversations('{')).toMatchObject(E.left({ path: '', expected: 'JSON' }));
    expect(decodeConversations('{}')).toMatchObject(E.left({ path: '', expected: 'Conversations' }));
  });
});

describe('dates', () => {
  it('stay as they are if they are not valid dates', () => {
    for (const value of [
      { __type: 'Date', iso: 'x' },
      { __type: 'Date', iso: '2030-01-01', more: 1 },
      { __type: 'File', iso: '2030-01-01' },
    ]) {
      expect(decodeDates(value)).toEqual(value);
    }
  });

  it('are written as null if they are invalid', () => {
    expect(encodeAttributes({ at: new Date(NaN) })).toBe('{"at":null}');
  });

  it('are valid only within the range of Date', () => {
    expect(Timestamp.is(8.64e15)).toBe(true);
    expect(Timestamp.is(8.64e15 + 1)).toBe(false);
    expect(Timestamp.is(0.5)).toBe(false);
    expect(Timestamp.is('0')).toBe(false);
  });
});
