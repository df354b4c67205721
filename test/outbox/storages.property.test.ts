/** The rules that every storage of an outbox must follow. */
import 'fake-indexeddb/auto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { firstValueFrom, from, lastValueFrom } from 'rxjs';
import { afterAll, describe, expect, it } from 'vitest';
import { indexedDbOutbox, memoryOutbox, type OutboxStorage, type StoredSend } from 'rx-realtime';
import { fileOutbox } from 'rx-realtime/node';
import { storageOutbox } from '../examples/storage-outbox.js';

const folder = mkdtempSync(join(tmpdir(), 'outbox-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let made = 0;
/** Each function returns the same storage again, in its state after a restart. */
const storages: Readonly<Record<string, () => () => OutboxStorage>> = {
  memoryOutbox: () => {
    const storage = memoryOutbox();
    return () => storage;
  },
  indexedDbOutbox: () => {
    const name = `outbox ${String((made += 1))}`;
    return () => indexedDbOutbox({ name });
  },
  storageOutbox: () => {
    const entries = new Map<string, string>();
    const storage: Storage = {
      get length() {
        return entries.size;
      },
      clear: () => {
        entries.clear();
      },
      key: (index) => [...entries.keys()][index] ?? null,
      getItem: (key) => entries.get(key) ?? null,
      setItem: (key, value) => {
        entries.set(key, value);
      },
      removeItem: (key) => {
        entries.delete(key);
      },
    };
    return () => storageOutbox(storage);
  },
  fileOutbox: () => {
    const directory = join(folder, String((made += 1)));
    return () => fileOutbox(directory);
  },
};

const owner = fc.constantFrom('app/Tom', 'app/Jerry', '应用/../../x', '', 'a'.repeat(2_000));
const token = fc.constantFrom('t1', 't2', '../t3', '__proto__', '');
const message: fc.Arbitrary<StoredSend> = fc.record({
  token,
  conversationId: fc.string(),
  at: fc.nat(),
  sequence: fc.nat(),
  body: fc.oneof(
    fc.record({ data: fc.string({ unit: 'grapheme' }) }),
    fc.record({ data: fc.base64String(), bin: fc.constant(true) }),
  ),
  options: fc.constantFrom<StoredSend['options']>(
    {},
    { receipt: true, mentions: ['Jerry'] },
    { pushData: { alert: 'x' }, priority: 'high' },
  ),
});
const step = fc.oneof(
  fc.record({ what: fc.constant('put' as const), owner, message }),
  fc.record({ what: fc.constant('remove' as const), owner, token }),
  fc.record({ what: fc.constant('restart' as const) }),
);

const done = (answer: ReturnType<OutboxStorage['put']>): Promise<unknown> =>
  lastValueFrom(from(answer), { defaultValue: undefined });

describe.each(Object.entries(storages))('%s', (_, make) => {
  it('loads the messages that were put and not removed, separately for each owner, even after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const open = make();
        let storage = open();
        const model = new Map<string, Map<string, StoredSend>>();
        for (const one of steps) {
          if (one.what === 'restart') storage = open();
          else if (one.what === 'put') {
            await done(storage.put(one.owner, one.message));
            model.set(
              one.owner,
              (model.get(one.owner) ?? new Map<string, StoredSend>()).set(one.message.token, one.message),
            );
          } else {
            await done(storage.remove(one.owner, one.token));
            model.get(one.owner)?.delete(one.token);
          }
        }
        for (const each of ['app/Tom', 'app/Jerry', '应用/../../x', '', 'a'.repeat(2_000)]) {
          const byToken = (all: readonly StoredSend[]) => [...all].sort((a, b) => (a.token < b.token ? -1 : 1));
          const loaded = (await firstValueFrom(from(storage.load(each)))) as readonly StoredSend[];
          expect(byToken(loaded)).toEqual(byToken([...(model.get(each)?.values() ?? [])]));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('stores many messages that are put at the same time', async () => {
    const storage = make()();
    const [one] = fc.sample(message, 1);
    if (one === undefined) return;
    await Promise.all(
      Array.from({ length: 50 }, (_unused, sequence) =>
        done(storage.put('app/Tom', { ...one, token: `t${String(sequence)}`, sequence })),
      ),
    );
    expect(await firstValueFrom(from(storage.load('app/Tom')))).toHaveLength(50);
  });
});

it('a file outbox does not load a partly written file: it has not been renamed yet', async () => {
  const directory = join(folder, 'torn');
  const storage = fileOutbox(directory);
  const [one] = fc.sample(message, 1);
  if (one === undefined) return;
  await done(storage.put('app/Tom', one));
  expect(readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.json'))).toHaveLength(1);
  await expect(done(fileOutbox('/dev/null/nowhere').put('app/Tom', one))).rejects.toThrow('ENOTDIR');
});

it.skipIf(process.platform === 'win32')(
  'a file outbox can be read by its owner only, also one of earlier',
  async () => {
    const directory = join(folder, 'private');
    const [one] = fc.sample(message, 1);
    if (one === undefined) return;
    await done(fileOutbox(directory).put('app/Tom', one));
    const modeOf = (path: string): number => statSync(join(directory, path)).mode & 0o777;
    const [owned = '', file = ''] = readdirSync(directory, { recursive: true }).map(String).sort();
    expect([modeOf('.'), modeOf(owned), modeOf(file)]).toEqual([0o700, 0o700, 0o600]);
    chmodSync(join(directory, owned), 0o755);
    await done(fileOutbox(directory).put('app/Tom', one));
    expect(modeOf(owned)).toBe(0o700);
  },
);
