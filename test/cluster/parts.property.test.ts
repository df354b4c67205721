/** How texts are put into notifications and texts of several notices, and addresses of NATS are read. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../seed.js';
import { natsPlaceOf, natsSecretsIn } from '../../server/cluster/nats-wire.js';
import { createJoining, partsOf } from '../../server/cluster/notify-wire.js';
import { joined } from '../../server/cluster/outbox.js';

describe('parts of a notification', () => {
  test('are short, and are the text again, whatever it has in it', () => {
    const long = fc.array(fc.string({ unit: 'binary', maxLength: 3_000 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 3 }), (texts) => {
        const join = createJoining();
        for (const [number, value] of texts.entries()) {
          const parts = partsOf(JSON.stringify(value), 'sender', number);
          for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThan(8_000);
          const found = parts.map(join);
          expect(JSON.parse(found.at(-1) ?? '')).toEqual(value);
          expect(found.slice(0, -1).every((text) => text === undefined)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a text whose end is lost is left out, and the next one is whole', () => {
    const join = createJoining();
    const [first = ''] = partsOf(JSON.stringify('x'.repeat(20_000)), 'a', 1);
    expect(join(first)).toBeUndefined();
    expect(partsOf('"next"', 'a', 2).map(join)).toEqual(['"next"']);
    expect(join('something else')).toBeUndefined();
  });
});

describe('texts of several notices', () => {
  test('hold all of them in their order, and are not much longer than their bound', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 12 }), (sizes) => {
        const texts = sizes.map((size, index) => JSON.stringify(`${index}`.padEnd(size, '.')));
        const all = joined(texts);
        expect(all.flatMap((text) => JSON.parse(text) as string[])).toEqual(
          texts.map((text) => JSON.parse(text) as string),
        );
        for (const text of all) expect(text.length).toBeLessThan(500_000);
      }),
      { numRuns: 30 },
    );
  });
});

describe('an address of NATS', () => {
  test.each([
    ['nats://a:4222', { servers: ['a:4222'], hasTls: false }],
    ['nats://a, nats://b:1', { servers: ['a', 'b:1'], hasTls: false }],
    ['tls://u:p%40@a:1', { servers: ['a:1'], hasTls: true, user: 'u', pass: 'p@' }],
    ['nats://token@a', { servers: ['a'], hasTls: false, token: 'token' }],
  ])('%s', (text, place) => {
    expect(natsPlaceOf(text)).toEqual(place);
  });

  test.each(['', 'a:4222', 'http://a', 'nats://', 'nats:///x', 'nats://a/b', 'nats://a?x=1', 'nats://a,,nats://b'])(
    'is none: %s',
    (text) => {
      expect(natsPlaceOf(text)).toBeUndefined();
    },
  );

  test('its secrets are known in both of their forms', () => {
    expect(natsSecretsIn('nats://u:p%40@a,nats://token@b')).toEqual(['p%40', 'p@', 'token']);
    expect(natsSecretsIn('nats://a')).toEqual([]);
  });
});
