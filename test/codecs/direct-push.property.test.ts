/** The fast reader of pushed messages gives what the table and the codec give. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDirectPush } from '../../codecs/proto/direct-push.js';
import { readInterned } from '../../codecs/proto/interned.js';
import { readText } from '../../codecs/proto/utf8.js';
import { ServerCommand } from '../../codecs/server-commands/index.js';
import { parseWire, serialiseWire } from '../../codecs/wire.js';
import { wellFormedText } from './arbitrary-of.js';

const usual = {
  cmd: fc.constant('direct' as const),
  peerId: wellFormedText,
  service: fc.integer(),
  serverTs: fc.maxSafeInteger(),
  notificationType: fc.integer(),
};
const usualMessage = {
  msg: wellFormedText,
  fromPeerId: wellFormedText,
  timestamp: fc.maxSafeInteger(),
  cid: wellFormedText,
  id: wellFormedText,
  transient: fc.boolean(),
  offline: fc.boolean(),
  hasMore: fc.boolean(),
  mentionPids: fc.array(wellFormedText, { minLength: 1 }),
  mentionAll: fc.boolean(),
};
const message = fc.record(usualMessage, { requiredKeys: ['msg', 'fromPeerId', 'timestamp', 'cid', 'id'] });
const push = fc.record({ ...usual, directMessage: message }, { requiredKeys: ['cmd', 'directMessage'] });

const unusual = fc.oneof(
  fc.record({ ...usual, appId: fc.string(), directMessage: message }),
  fc.record({ ...usual, i: fc.integer(), directMessage: message }),
  fc.record({ ...usual, directMessage: fc.record({ ...usualMessage, pushData: fc.string(), r: fc.boolean() }) }),
  fc.record({ ...usual, directMessage: fc.record({ ...usualMessage, binaryMsg: fc.uint8Array() }) }),
  fc.record({ ...usual, directMessage: fc.record(usualMessage, { requiredKeys: [] }) }),
  fc.record({ ...usual, cmd: fc.constantFrom('echo', 'ack'), directMessage: message }),
);

/** What the table reads, if it is a command of a server. */
const slowly = (bytes: Uint8Array): unknown => {
  try {
    const wire = parseWire(bytes);
    return ServerCommand.is(wire) ? wire : undefined;
  } catch {
    return undefined;
  }
};

describe('the fast reader of pushed messages', () => {
  it('reads every text message with the usual fields as the table does', () => {
    fc.assert(
      fc.property(push, (command) => {
        const bytes = serialiseWire(command);
        expect(readDirectPush(bytes)).toEqual(command);
        expect(slowly(bytes)).toEqual(command);
      }),
    );
  });

  it('never reads a frame differently from the table', () => {
    fc.assert(
      fc.property(fc.oneof(push, unusual), (command) => {
        const bytes = serialiseWire(command);
        const fast = readDirectPush(bytes);
        if (fast !== undefined) expect(fast).toEqual(slowly(bytes));
      }),
    );
  });

  it('never reads damaged bytes differently from the table', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(push, damage, fc.option(fc.nat()), (command, changes, cut) => {
        const bytes = serialiseWire(command);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const damaged = cut === null ? bytes : bytes.slice(0, cut % bytes.length);
        const fast = readDirectPush(damaged);
        if (fast !== undefined) expect(fast).toEqual(slowly(damaged));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not reference the bytes', () => {
    fc.assert(
      fc.property(push, (command) => {
        const bytes = serialiseWire(command);
        const read = readDirectPush(bytes);
        bytes.fill(0);
        expect(read).toEqual(command);
      }),
    );
  });
});

describe('a text that is read again', () => {
  /** Few different bytes, so that texts meet again. */
  const fewBytes = fc.uint8Array({ maxLength: 12 }).map((bytes) => bytes.map((byte) => (byte % 4 === 0 ? byte : 97)));

  it('is the text that the decoder reads, whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fewBytes, fc.uint8Array({ maxLength: 60 }))), (texts) => {
        for (const bytes of texts) expect(readInterned(bytes, 0, bytes.length)).toBe(readText(bytes, 0, bytes.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is found again among thousands', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `conversation-${String(index)}`);
    for (const id of [...ids, ...ids]) {
      const bytes = new TextEncoder().encode(`<${id}>`);
      expect(readInterned(bytes, 1, bytes.length - 1)).toBe(id);
    }
  });
});
