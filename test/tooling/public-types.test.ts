/**
 * What users see of the public types: one name is one thing over all entries, and what an editor shows of a type is
 * short.
 */
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicTypes, type PublicTypes } from './public-types.js';

const LIMIT = 400;

let read: PublicTypes | undefined;
beforeAll(() => {
  read = publicTypes();
}, 120_000);
afterAll(() => {
  // Tests of the memory of others may run in this process.
  read = undefined;
});

const types = (): PublicTypes => {
  if (read === undefined) throw new Error('the types are not read yet');
  return read;
};

/** The names that stand for different things in different entries, each with these entries. */
const clashes = ({ entries }: PublicTypes): readonly string[] => {
  const names = new Set([...entries.values()].flatMap((exported) => [...exported.keys()]));
  return [...names].sort().flatMap((name) => {
    const exporters = [...entries].filter(([, exported]) => exported.has(name));
    const meanings = new Set(exporters.map(([, exported]) => exported.get(name)));
    return meanings.size > 1 ? [`${name} (${exporters.map(([entry]) => entry).join(', ')})`] : [];
  });
};

it('a name that two entries export is the same declaration in both', () => {
  expect(clashes(types())).toEqual([]);
});

it('names are found in every entry', () => {
  expect([...types().entries].filter(([, exported]) => exported.size === 0)).toEqual([]);
  expect(types().entries.get('rx-realtime')?.get('Message')).toBe(
    types().entries.get('rx-realtime/streams')?.get('Message'),
  );
});

const exported = (entry: string, name: string): ts.Symbol => {
  const symbol = types().entries.get(entry)?.get(name);
  if (symbol === undefined) throw new Error(`${entry} exports no ${name}`);
  return symbol;
};

/** In full: an editor would cut off what is too long to read. */
const shown = (type: ts.Type, flags = ts.TypeFormatFlags.None): string =>
  types().checker.typeToString(
    type,
    undefined,
    ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope | flags,
  );

/** As in `type ServerCommand = …`: the right-hand side of an alias, the name of an interface. */
const hoverOfType = (entry: string, name: string): string =>
  shown(types().checker.getDeclaredTypeOfSymbol(exported(entry, name)), ts.TypeFormatFlags.InTypeAlias);

const hoverOfValue = (entry: string, name: string): string =>
  shown(types().checker.getTypeOfSymbol(exported(entry, name)));

describe('the hover text of a type', () => {
  it.each([
    ['rx-realtime', 'Client'],
    ['rx-realtime', 'Conversation'],
    ['rx-realtime', 'Message'],
    ['rx-realtime', 'Realtime'],
    ['rx-realtime', 'RealtimeOptions'],
    ['rx-realtime', 'Body'],
    ['rx-realtime', 'ConversationInfo'],
    ['rx-realtime', 'ClientEvent'],
    ['rx-realtime/codecs', 'ServerCommand'],
    ['rx-realtime/codecs', 'ClientCommand'],
    ['rx-realtime/codecs', 'DirectPush'],
  ])('%s: %s is short', (entry, name) => {
    const text = hoverOfType(entry, name);
    expect(text).not.toContain('{');
    expect(text.length).toBeLessThan(LIMIT);
  });

  it('is short for every command', () => {
    const commands = ['ServerCommand', 'ClientCommand'].flatMap((name) => {
      const union = types().checker.getDeclaredTypeOfSymbol(exported('rx-realtime/codecs', name));
      return union.isUnion() ? union.types : [];
    });
    expect(commands.length).toBeGreaterThan(60);
    expect(
      commands.map((type) => shown(type, ts.TypeFormatFlags.InTypeAlias)).filter((text) => !/^\w+$/.test(text)),
    ).toEqual([]);
  });
});

describe('the hover text of a value', () => {
  it.each([
    'ServerCommand',
    'ClientCommand',
    'DirectPush',
    'RawConversation',
    'decodeServerFrame',
    'decodeClientFrame',
    'encodeFrame',
  ])('%s is short', (name) => {
    expect(hoverOfValue('rx-realtime/codecs', name).length).toBeLessThan(LIMIT);
  });
});
