/**
 * The bounds of every text and every list that a client sends: one table, and one check before all handlers. Numbers
 * have no row, because they can't be long.
 */
import type { ClientCommand } from '../../codecs/index.js';
import { MAX_ID } from '../domain/conversations/members.js';
import { Refusal, type RefusalCode } from '../domain/refusal.js';
import type { Limits } from '../options.js';
import type { KindOf } from './handler.js';

/** What a field may have at most, and the code with which more is refused. */
export interface Bound {
  readonly most: number;
  readonly unit: 'characters' | 'bytes' | 'items';
  readonly code: RefusalCode;
}

/**
 * The bounds of one kind of command by the path of the field. `[]` stands for each item of a list: `convMessage.m` is
 * the list and `convMessage.m[]` each of its items.
 */
export type FieldBounds = Readonly<Record<string, Bound>>;

/** What a client says of its software. It is not kept. */
const MAX_USER_AGENT = 1_024;
/** The longest name of a role has 7 characters. */
const MAX_ROLE = 32;
const MAX_SORT = 1_024;
const MAX_FOUND_IDS = 1_000;
/** JSON may have escapes that take twice the room of what they stand for. */
const ESCAPED = 2;

const characters = (most: number, code: RefusalCode): Bound => ({ most, unit: 'characters', code });
const bytes = (most: number, code: RefusalCode): Bound => ({ most, unit: 'bytes', code });
const items = (most: number, code: RefusalCode): Bound => ({ most, unit: 'items', code });

const under = (path: string, fields: FieldBounds): FieldBounds =>
  Object.fromEntries(Object.entries(fields).map(([key, bound]) => [`${path}.${key}`, bound]));

const listOf = (name: string, list: Bound, item: Bound): FieldBounds => ({ [name]: list, [`${name}[]`]: item });

/** The bounds of all commands. A command that has texts or lists needs a row for each of them. */
export const boundsOf = (limits: Limits): Readonly<Record<KindOf<ClientCommand>, FieldBounds>> => {
  const short = characters(limits.fieldCharacters, 4114);
  /** What is too long for an id is the id of nothing. */
  const conversation = characters(limits.fieldCharacters, 4303);
  const target = characters(limits.fieldCharacters, 4401);
  const clientId = characters(MAX_ID, 4103);
  const clients = (name: string): FieldBounds => listOf(name, items(limits.clientIds, 4114), clientId);
  const signature: FieldBounds = { n: short, s: short };
  const envelope: FieldBounds = { peerId: clientId, appId: short, installationId: short };
  const body = bytes(limits.messageBytes, 4109);
  const mentions = listOf('mentionPids', items(limits.items, 4109), clientId);
  // A token that is too long is no token of this server.
  const token = characters(limits.fieldCharacters, 4112);

  const session = (fields: FieldBounds = {}): FieldBounds => ({ ...envelope, ...under('sessionMessage', fields) });
  const conv = (fields: FieldBounds = {}): FieldBounds => ({
    ...envelope,
    ...under('convMessage', { cid: conversation, ...fields }),
  });
  const blacklist = (fields: FieldBounds): FieldBounds => ({
    ...envelope,
    ...under('blacklistMessage', { srcCid: conversation, ...fields }),
  });
  const attributes = (code: RefusalCode): FieldBounds => ({
    'attr.data': bytes(ESCAPED * limits.attributeBytes, code),
  });

  return {
    'session/open': session({
      ...signature,
      ua: characters(MAX_USER_AGENT, 4114),
      tag: short,
      deviceId: short,
      st: token,
    }),
    'session/close': session(),
    'session/refresh': session({ ...signature, ua: characters(MAX_USER_AGENT, 4114), st: token }),
    'session/query': session(listOf('sessionPeerIds', items(limits.onlineQuery, 4200), clientId)),
    'conv/start': {
      ...envelope,
      ...under('convMessage', { ...clients('m'), ...attributes(4301), ...signature }),
    },
    'conv/query': {
      ...envelope,
      ...under('convMessage', {
        'where.data': bytes(limits.frameBytes, 4310),
        sort: characters(MAX_SORT, 4310),
        ...listOf('tempConvIds', items(MAX_FOUND_IDS, 4310), short),
      }),
    },
    'conv/add': conv({ ...clients('m'), ...signature }),
    'conv/remove': conv({ ...clients('m'), ...signature }),
    'conv/count': conv(),
    'conv/members': conv({ next: short }),
    'conv/is_member': { ...envelope, ...under('convMessage', listOf('cids', items(limits.items, 4114), conversation)) },
    'conv/update': conv(attributes(4306)),
    'conv/mute': conv(),
    'conv/unmute': conv(),
    'conv/max_read': conv(),
    'conv/member_info_update': conv({
      'info.pid': clientId,
      'info.role': characters(MAX_ROLE, 4321),
      'info.infoId': short,
      targetClientId: clientId,
    }),
    'conv/add_shutup': conv(clients('m')),
    'conv/remove_shutup': conv(clients('m')),
    'conv/query_shutup': conv({ next: short }),
    'conv/check_shutup': conv(clients('m')),
    'blacklist/block': blacklist({ ...clients('toPids'), ...signature }),
    'blacklist/unblock': blacklist({ ...clients('toPids'), ...signature }),
    'blacklist/query': blacklist({ next: short }),
    'blacklist/check_block': blacklist(clients('toPids')),
    direct: {
      ...envelope,
      ...under('directMessage', { cid: target, msg: body, binaryMsg: body, ...mentions, dt: short, pushData: body }),
    },
    ack: {
      ...envelope,
      ...under('ackMessage', { cid: conversation, mid: short, ...listOf('ids', items(limits.items, 4114), short) }),
    },
    read: {
      ...envelope,
      ...under('readMessage', {
        cid: conversation,
        convs: items(limits.items, 4114),
        'convs[].cid': conversation,
        'convs[].mid': short,
      }),
    },
    logs: { ...envelope, ...under('logsMessage', { cid: conversation, mid: short, tmid: short }) },
    'patch/modify': {
      ...envelope,
      ...under('patchMessage', {
        patches: items(limits.items, 4114),
        ...under('patches[]', {
          cid: target,
          mid: characters(limits.fieldCharacters, 4404),
          data: body,
          binaryMsg: body,
          ...mentions,
        }),
      }),
    },
    login: envelope,
    'report/upload': envelope,
    echo: envelope,
  };
};

/** How much a value has; it is not measured further than needed. */
const sizeOf = (value: unknown, { unit, most }: Bound): number => {
  if (typeof value === 'string') {
    // A character has three bytes at most.
    return unit === 'bytes' && value.length * 3 > most ? Buffer.byteLength(value) : value.length;
  }
  return Array.isArray(value) || value instanceof Uint8Array ? value.length : 0;
};

const EACH = '[]';
const stepsOf = (path: string): readonly string[] =>
  path.split('.').flatMap((step) => (step.endsWith(EACH) ? [step.slice(0, -EACH.length), EACH] : [step]));

/** Calls `check` with each value at a path; a value that is not there is passed over. */
const visit = (value: unknown, steps: readonly string[], at: number, check: (value: unknown) => void): void => {
  if (value === undefined) return;
  const step = steps[at];
  if (step === undefined) check(value);
  else if (step === EACH && Array.isArray(value)) for (const item of value) visit(item, steps, at + 1, check);
  else if (typeof value === 'object' && value !== null) visit(Reflect.get(value, step), steps, at + 1, check);
};

type Check = (command: ClientCommand) => void;

const checkOf = ([path, bound]: readonly [string, Bound]): Check => {
  const steps = stepsOf(path);
  const check = (value: unknown): void => {
    if (sizeOf(value, bound) > bound.most)
      throw new Refusal(bound.code, `${path} has at most ${bound.most} ${bound.unit}`);
  };
  return (command) => {
    visit(command, steps, 0, check);
  };
};

/** The name of a kind of command, such as `conv/start` or `ack`. */
export const kindOf = (command: ClientCommand): string =>
  'op' in command ? `${command.cmd}/${command.op}` : command.cmd;

/** The check of the bounds. It throws a `Refusal` for the first field that is too long, and names it. */
export const boundsCheck = (limits: Limits): Check => {
  const checks = new Map(
    Object.entries(boundsOf(limits)).map(([kind, fields]) => [kind, Object.entries(fields).map(checkOf)]),
  );
  return (command) => {
    for (const check of checks.get(kindOf(command)) ?? []) check(command);
  };
};
