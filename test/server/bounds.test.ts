/** The bounds of the fields of commands. */
import type * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { Bytes, type ClientCommand } from 'rx-realtime/codecs';
import { defaultLimits } from 'rx-realtime/server';
import { clientCommands } from '../../codecs/client-commands/index.js';
import { RecordType } from '../../codecs/record.js';
import { string } from '../../codecs/type.js';
import { boundsCheck, boundsOf, type Bound } from '../../server/handlers/bounds.js';
import { login, page, serve, start, refused } from './raw-client.js';

type Unit = 'text' | 'bytes' | 'list';

const isList = (codec: t.Mixed): codec is t.ArrayC<t.Mixed> => '_tag' in codec && codec._tag === 'ArrayType';

/** The texts, bytes and lists in a codec, by their paths. */
const openEnded = (codec: t.Mixed, path = ''): readonly (readonly [string, Unit])[] => {
  if (codec === string) return [[path, 'text']];
  if (codec === Bytes) return [[path, 'bytes']];
  if (isList(codec)) return [[path, 'list'], ...openEnded(codec.type, `${path}[]`)];
  if (!(codec instanceof RecordType)) return [];
  const fields = { ...codec.required, ...codec.optional } as Readonly<Record<string, t.Mixed>>;
  return Object.entries(fields).flatMap(([key, field]) => openEnded(field, path === '' ? key : `${path}.${key}`));
};

const filled = (unit: Unit, count: number): unknown => {
  if (unit === 'text') return 'x'.repeat(count);
  return unit === 'bytes' ? new Uint8Array(count) : Array.from({ length: count }, () => '');
};

/** A command that has nothing but a value at this path. */
const commandWith = (kind: string, path: string, value: unknown): ClientCommand => {
  const [cmd, op] = kind.split('/');
  const inner = path.split('.').reduceRight<unknown>((within, step) => {
    const key = step.replace('[]', '');
    return { [key]: step === key ? within : [within] };
  }, value);
  return { cmd, ...(op === undefined ? {} : { op }), ...(inner as object) } as ClientCommand;
};

const table = boundsOf(defaultLimits) as Readonly<Record<string, Readonly<Record<string, Bound>>>>;
const fields = clientCommands.flatMap((codec) => openEnded(codec).map((field) => [codec.name, ...field] as const));

describe('every text, every list and all bytes of a command', () => {
  it.each(fields)('%s: %s has a bound, and one more is refused with its code', (kind, path, unit) => {
    const bound = table[kind]?.[path];
    expect(bound).toBeDefined();
    const { most = 0, code } = bound ?? {};
    const check = boundsCheck(defaultLimits);
    expect(() => {
      check(commandWith(kind, path, filled(unit, most)));
    }).not.toThrow();
    expect(() => {
      check(commandWith(kind, path, filled(unit, most + 1)));
    }).toThrow(expect.objectContaining({ code, detail: expect.stringContaining(path) as string }) as Error);
  });

  it('are found by the walk through the codecs, nested ones too', () => {
    const paths = fields.map(([kind, path]) => `${kind} ${path}`);
    expect(paths).toEqual(
      expect.arrayContaining([
        'patch/modify patchMessage.patches[].mentionPids[]',
        'conv/start convMessage.attr.data',
        'direct directMessage.binaryMsg',
        'echo peerId',
      ]),
    );
  });

  it('have no row without a field', () => {
    for (const [kind, rows] of Object.entries(table))
      expect(Object.keys(rows).sort()).toEqual(
        fields
          .filter(([name]) => name === kind)
          .map(([, path]) => path)
          .sort(),
      );
  });

  it('bytes are counted as bytes, not as characters', () => {
    const check = boundsCheck({ ...defaultLimits, messageBytes: 6 });
    const send = (msg: string): ClientCommand => ({ cmd: 'direct', directMessage: { cid: '', msg } });
    expect(() => {
      check(send('水水'));
    }).not.toThrow();
    expect(() => {
      check(send('水水x'));
    }).toThrow(expect.objectContaining({ code: 4109 }) as Error);
  });
});

describe('a field that is too long', () => {
  it('is refused before anything of it is kept', async () => {
    const server = await serve();
    const tom = await login(server, 'Tom');
    const cid = await start(tom, []);
    const long = 'x'.repeat(129);
    const error = (code: number) => ({ cmd: 'error', errorMessage: { code } });
    expect(await tom.request({ cmd: 'direct', directMessage: { cid, msg: 'x', dt: long } })).toMatchObject(
      refused(4114),
    );
    expect(await page(tom, cid)).toEqual([]);
    for (const field of ['tag', 'deviceId', 'n', 's'] as const)
      expect(
        await tom.request({ cmd: 'session', op: 'open', peerId: 'Jerry', sessionMessage: { [field]: long } }),
      ).toMatchObject(error(4114));
    expect(
      await tom.request({ cmd: 'session', op: 'open', peerId: 'Jerry', sessionMessage: { st: long } }),
    ).toMatchObject(error(4112));
    const online = await tom.request({ cmd: 'session', op: 'query', sessionMessage: { sessionPeerIds: ['Jerry'] } });
    expect(online).toMatchObject({ op: 'query_result' });
    expect(JSON.stringify(online)).not.toContain('Jerry');
  });
});
