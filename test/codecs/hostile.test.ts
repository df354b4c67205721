/** Inputs that attack a reader: large, deep or poisoned ones, and ones that an error could keep in memory. */
import { either as E } from 'fp-ts';
import {
  bodyCodec,
  decodeAttributes,
  decodeClientFrame,
  decodeConversations,
  decodeDates,
  decodeServerFrame,
  encodeAttributes,
  encodeDates,
  encodeFrame,
  parseJson,
  preview,
  subprotocols,
  text,
  type DecodeFailed,
  type Json,
  type ServerCommand,
} from 'rx-realtime/codecs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

const bodies = bodyCodec();
const frameOf = (command: object) => encodeFrame(command as ServerCommand, subprotocols.binary) as Uint8Array;
const push = { cid: 'c', id: 'm', fromPeerId: 'f', timestamp: 1 };

const collect = async (): Promise<void> => {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  // The target of a new WeakRef stays alive until the end of the current turn.
  await setImmediate();
  globalThis.gc();
  await setImmediate();
  globalThis.gc();
};

const MEGABYTES_10 = 10 * 1_024 * 1_024;

describe('10 MB', () => {
  it('of text in a message can be read', () => {
    const msg = 'x'.repeat(MEGABYTES_10);
    const decoded = decodeServerFrame(frameOf({ cmd: 'direct', directMessage: { ...push, msg } }));
    expect(E.isRight(decoded) && decoded.right.cmd === 'direct' && decoded.right.directMessage.msg === msg).toBe(true);
    expect(bodies.decode({ msg })).toMatchObject({ _tag: 'Plain' });
    const typed = bodies.decode({ msg: JSON.stringify({ _lctype: -1, _lctext: msg }) });
    expect(typed._tag === 'Text' && typed.text === msg).toBe(true);
  });

  it.each<[string, () => string]>([
    ['of spaces', () => ' '.repeat(MEGABYTES_10)],
    ['of quotes', () => `{${'"'.repeat(MEGABYTES_10)}`],
    ['of backslashes', () => `{"${'\\'.repeat(MEGABYTES_10)}`],
    ['of half a key', () => `{"a":"${'"\\u005f'.repeat(MEGABYTES_10 / 7)}`],
  ])('%s are no typed message', (_, make) => {
    const msg = make();
    expect(bodies.decode({ msg })._tag).toBe('Plain');
    expect(E.isLeft(parseJson(msg))).toBe(true);
  });

  it('of backslashes can be written', () => {
    const written = bodies.encode(text('\\'.repeat(MEGABYTES_10 / 2)));
    expect(E.isRight(written) && written.right.msg?.length).toBe(MEGABYTES_10 + '{"_lctype":-1,"_lctext":""}'.length);
  });

  const failures: readonly (readonly [string, () => DecodeFailed])[] = [
    ['a frame of text', () => leftOf(decodeServerFrame('é'.repeat(MEGABYTES_10)))],
    ['a frame of bytes', () => leftOf(decodeClientFrame(new Uint8Array(MEGABYTES_10).fill(255)))],
    [
      'a field of a refused command',
      () => leftOf(decodeServerFrame(frameOf({ cmd: 'direct', directMessage: { msg: 'y'.repeat(MEGABYTES_10) } }))),
    ],
    [
      'a value that is refused',
      () => leftOf(decodeConversations(JSON.stringify([{ objectId: 'a', m: 'z'.repeat(MEGABYTES_10) }]))),
    ],
    ['a key', () => leftOf(decodeConversations(JSON.stringify([{ ['k'.repeat(MEGABYTES_10)]: 1 }])))],
    ['JSON that is broken', () => leftOf(decodeAttributes(`{"a":"${'b'.repeat(MEGABYTES_10)}`))],
  ];

  it.each(failures)('as %s are not kept by the error', async (_, fail) => {
    await collect();
    const before = process.memoryUsage();
    const kept = Array.from({ length: 5 }, fail);
    await collect();
    const after = process.memoryUsage();
    for (const key of ['heapUsed', 'external', 'arrayBuffers'] as const)
      expect(after[key] - before[key]).toBeLessThan(MEGABYTES_10 / 2);
    for (const { message } of kept) expect(message.length).toBeLessThan(400);
  });

  it('are not kept by a preview of a part of them', async () => {
    await collect();
    const before = process.memoryUsage().heapUsed;
    const kept = Array.from({ length: 5 }, (_, index) => {
      const whole = JSON.stringify({ index, long: 'w'.repeat(MEGABYTES_10) });
      return [preview(whole.slice(10, 90)), preview({ [whole.slice(20, 50)]: 1 })];
    });
    await collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(MEGABYTES_10 / 2);
    expect(kept).toHaveLength(5);
  });
});

const leftOf = <A>(either: E.Either<DecodeFailed, A>): DecodeFailed => {
  if (E.isRight(either)) throw new Error('was accepted');
  return either.left;
};

describe('a frame is not kept in memory', () => {
  it.each<[string, object]>([
    [
      'after a command is read',
      { cmd: 'direct', directMessage: { ...push, msg: 'm'.repeat(1_000), binaryMsg: new Uint8Array(100) } },
    ],
    ['after it is refused', { cmd: 'direct', directMessage: { binaryMsg: new Uint8Array(100) } }],
    [
      'after a command without a codec is read',
      { cmd: 'patch', op: 'modify', patchMessage: { patches: [{ binaryMsg: new Uint8Array(100) }] } },
    ],
  ])('%s', async (_, command) => {
    const decodeOnce = () => {
      // It has its own memory: small Buffers share one piece of memory.
      const frame = new Uint8Array(frameOf(command));
      return { decoded: decodeServerFrame(frame), frame: new WeakRef(frame), memory: new WeakRef(frame.buffer) };
    };
    const { decoded, frame, memory } = decodeOnce();
    await collect();
    expect(frame.deref()).toBeUndefined();
    expect(memory.deref()).toBeUndefined();
    expect(decoded).toHaveProperty('_tag');
  });
});

describe('10,000 nested levels', () => {
  const DEPTH = 10_000;
  const lists = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;
  const objects = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;
  const dates = `${'{"__type":"Date","iso":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;
  const protos = `${'{"__proto__":1,"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`;

  it.each([
    ['lists', lists],
    ['objects', objects],
    ['dates in dates', dates],
    ['poisoned objects', protos],
  ])('of %s never cause an exception', (_, deep) => {
    expect(bodies.decode({ msg: deep })._tag).toBe('Plain');
    const body = bodies.decode({ msg: `{"_lctype":-1,"_lctext":"a","_lcattrs":{"deep":${deep}}}` });
    expect(body._tag).toBe('Invalid');
    if (body._tag === 'Text') expect(bodies.encode(body)).toHaveProperty('_tag');

    expect(decodeAttributes(`{"deep":${deep}}`)).toMatchObject(
      E.left({ expected: 'attributes of at most 100 levels' }),
    );
    expect(decodeConversations(`[{"objectId":"a","attr":${deep},"x":${deep}}]`)).toMatchObject(E.right([{ id: 'a' }]));
    for (const key of ['m', 'mu', 'lm', 'msg', 'ttl'])
      expect(decodeConversations(`[{"objectId":"a","${key}":${deep}}]`)._tag).toBe('Left');
    expect(decodeConversations(deep)._tag).toBe('Left');

    const value = E.getOrElse((): Json => null)(parseJson(deep));
    expect(() => encodeDates(decodeDates(value))).not.toThrow();
    expect(preview(value).length).toBeLessThanOrEqual(120);
  });

  it('of an unclosed list are not JSON', () => {
    expect(parseJson('['.repeat(1_000_000))).toMatchObject(E.left({ expected: 'JSON' }));
  });

  it('are refused in attributes, of which 100 levels are accepted', () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    const decoded = decodeAttributes(nested(100));
    expect(E.map(encodeAttributes)(decoded)).toEqual(E.right(nested(100)));
    expect(E.isLeft(decodeAttributes(nested(200)))).toBe(true);
  });

  it('of groups in a frame are refused', () => {
    const groups = new Uint8Array(20_000).fill((50 << 3) | 3, 0, 10_000).fill((50 << 3) | 4, 10_000);
    expect(decodeServerFrame(groups)).toMatchObject(E.left({ path: 'frame' }));
  });
});

describe('a poisoned key', () => {
  const names = ['__proto__', '\\u005f_proto__', '__prot\\u006f__', '\\u005F\\u005Fproto\\u005f\\u005f'];
  const poisons = [
    ...names.map((name) => `"${name}":{"polluted":1}`),
    '"constructor":{"prototype":{"polluted":1}}',
    '"con\\u0073tructor" : {"prototype":{"polluted":1}}',
  ];

  const ownKeys = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, item]) => [key, ...ownKeys(item)]);
  };
  const isClean = (value: unknown): void => {
    expect(ownKeys(value)).not.toContain('polluted');
    expect(ownKeys(value)).not.toContain('__proto__');
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  };

  it.each(poisons)('%s is removed everywhere', (poison) => {
    const clean = Object.getOwnPropertyNames(Object.prototype);
    const poisoned = `{"a":1,${poison},"b":[{${poison}}]}`;

    isClean(E.getOrElse((): Json => null)(parseJson(poisoned)));
    isClean(bodies.decode({ msg: `{"_lctype":-1,"_lctext":"a",${poison},"_lcattrs":${poisoned}}` }));
    isClean(E.getOrElseW(() => null)(decodeAttributes(poisoned)) ?? {});
    const [info] = E.getOrElseW(() => [])(decodeConversations(`[{"objectId":"a",${poison},"x":${poisoned}}]`));
    expect(info?.attributes).toEqual({ x: { a: 1, b: [{}] } });
    isClean(info);

    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(clean);
  });

  it('is kept if it only looks like one', () => {
    expect(parseJson('{"constructor":"a builder","proto":1}')).toEqual(E.right({ constructor: 'a builder', proto: 1 }));
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is not a field although every object inherits it',
    (key) => {
      expect(decodeConversations(`[{"objectId":"a","${key}":1}]`)).toEqual(
        E.right([{ id: 'a', kind: 'ordinary', attributes: { [key]: 1 } }]),
      );
    },
  );
});

describe('a lone surrogate', () => {
  it('in JSON can be read', () => {
    expect(bodies.decode({ msg: '{"_lctype":-1,"_lctext":"\\ud83d"}' })).toEqual(text('\ud83d'));
  });

  it('in the bytes of a frame is read as a replacement character', () => {
    // `msg` of a push, with the bytes ED A0 BD: a surrogate, which valid UTF-8 must not contain.
    const frame = Buffer.from(frameOf({ cmd: 'direct', directMessage: { ...push, msg: '???' } }));
    Buffer.from('eda0bd', 'hex').copy(frame, frame.indexOf('???'));
    const decoded = decodeServerFrame(frame);
    expect(E.isRight(decoded) && decoded.right.cmd === 'direct' && decoded.right.directMessage.msg).toBe(
      '\ufffd\ufffd\ufffd',
    );
  });

  it('in a text frame is not base64', () => {
    expect(decodeServerFrame('\ud83d')).toMatchObject(
      E.left({ path: 'frame', expected: 'base64', preview: '"\\ud83d"' }),
    );
  });
});
