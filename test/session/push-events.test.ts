/** The entry of the log that each push becomes. */
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bodyCodec, type ServerCommand } from '../../codecs/index.js';
import type { Fault } from '../../src/faults.js';
import { readHistory, readPush } from '../../src/session/push-events.js';
import { toMessage, withMessage, type MessageReader } from '../../src/session/message-reader.js';
import type { ClientEvent } from '../../streams/index.js';

const reading = (): [reader: MessageReader, faults: readonly Fault[]] => {
  const faults: Fault[] = [];
  return [
    {
      self: 'Tom',
      bodies: bodyCodec(),
      pipeline: undefined,
      report: (fault) => {
        faults.push(fault);
      },
    },
    faults,
  ];
};

const toEvents = (reader: MessageReader, push: ServerCommand): readonly ClientEvent[] => {
  const events: ClientEvent[] = [];
  readPush(reader, push, (entry) => {
    events.push(entry._tag === 'Raw' ? withMessage(entry, toMessage(reader, entry)) : entry);
  });
  return events;
};

const eventOf = (push: ServerCommand): ClientEvent | undefined => toEvents(reading()[0], push)[0];

const direct = (fields: object = {}): ServerCommand => ({
  cmd: 'direct',
  directMessage: { cid: 'c', id: 'm', fromPeerId: 'Jerry', timestamp: 5, msg: 'hello', ...fields },
});

describe('a push', () => {
  it('of a message becomes a message entry, from others or from another device of this user', () => {
    expect(eventOf(direct())).toEqual({
      _tag: 'Message',
      conversationId: 'c',
      origin: 'live',
      message: {
        id: 'm',
        conversationId: 'c',
        from: 'Jerry',
        timestamp: 5,
        transient: false,
        mentions: [],
        mentionsAll: false,
        mentioned: false,
        body: { _tag: 'Plain', content: 'hello' },
      },
    });
  });

  it.each([
    ['by name', { mentionPids: ['Spike', 'Tom'] }, true],
    ['with everybody', { mentionAll: true }, true],
    ['not if only others are mentioned', { mentionPids: ['Spike'] }, false],
    ['not if this user sent it', { mentionAll: true, fromPeerId: 'Tom' }, false],
  ])('of a message tells whether it mentions this user: %s', (_, fields, mentioned) => {
    expect(eventOf(direct(fields))).toMatchObject({ message: { mentioned } });
  });

  it('of a message with an invalid body is delivered, and a fault says what is wrong', () => {
    const [reader, faults] = reading();
    expect(toEvents(reader, direct({ msg: '{"_lctype":-1,"_lctext":5}' }))).toMatchObject([
      { message: { body: { _tag: 'Invalid' } } },
    ]);
    expect(faults).toMatchObject([
      { _tag: 'Body', clientId: 'Tom', conversationId: 'c', messageId: 'm', error: { _tag: 'DecodeFailed' } },
    ]);
  });

  it.each([
    ['nested, as they are now', '{"a":{"b":5,"c":2},"d":null,"name":"n"}'],
    ['by their keys with dots', '{"a.b":5,"d":null,"name":"n"}'],
  ])('of changed attributes finds their values %s; what is missing was removed', (_, modified) => {
    const convMessage = {
      cid: 'c',
      initBy: 'Jerry',
      attr: { data: '{"a.b":5,"a.x":null,"d":null,"e":null,"name":"n"}' },
      attrModified: { data: modified },
    };
    expect(eventOf({ cmd: 'conv', op: 'updated', convMessage })).toEqual({
      _tag: 'Attributes',
      conversationId: 'c',
      changed: { 'a.b': 5, d: null, name: 'n' },
      removed: ['a.x', 'e'],
      by: 'Jerry',
    });
  });

  it.each<[ServerCommand, ClientEvent]>([
    [
      { cmd: 'conv', op: 'joined', convMessage: { cid: 'c', initBy: 'Jerry' } },
      { _tag: 'Joined', conversationId: 'c', members: ['Tom'], by: 'Jerry' },
    ],
    [
      { cmd: 'conv', op: 'left', convMessage: { cid: 'c' } },
      { _tag: 'Left', conversationId: 'c', members: ['Tom'] },
    ],
    [
      { cmd: 'conv', op: 'members_joined', convMessage: { cid: 'c', initBy: 'Jerry', m: ['Spike'] } },
      { _tag: 'Joined', conversationId: 'c', members: ['Spike'], by: 'Jerry' },
    ],
    [
      { cmd: 'conv', op: 'members_joined', convMessage: { cid: 'c' } },
      { _tag: 'Joined', conversationId: 'c', members: [] },
    ],
    [
      { cmd: 'conv', op: 'members_left', convMessage: { cid: 'c', m: ['Spike'] } },
      { _tag: 'Left', conversationId: 'c', members: ['Spike'] },
    ],
    [
      { cmd: 'conv', op: 'members_left', convMessage: { cid: 'c' } },
      { _tag: 'Left', conversationId: 'c', members: [] },
    ],
    [
      { cmd: 'conv', op: 'updated', convMessage: { cid: 'c', initBy: 'Jerry', attr: { data: '{"colour":"red"}' } } },
      { _tag: 'Attributes', conversationId: 'c', changed: { colour: 'red' }, by: 'Jerry' },
    ],
    [
      {
        cmd: 'unread',
        unreadMessage: {
          notifTime: 3,
          convs: [
            { cid: 'c', unread: 2, mentioned: true, timestamp: 9 },
            { cid: 'd', unread: 1 },
          ],
        },
      },
      {
        _tag: 'UnreadCounts',
        counts: [
          { conversationId: 'c', count: 2, mentioned: true, asOf: 9 },
          { conversationId: 'd', count: 1, mentioned: false, asOf: 3 },
        ],
      },
    ],
    [
      { cmd: 'unread', unreadMessage: { convs: [{ cid: 'd', unread: 1 }] } },
      { _tag: 'UnreadCounts', counts: [{ conversationId: 'd', count: 1, mentioned: false, asOf: 0 }] },
    ],
    [
      { cmd: 'unread', unreadMessage: {} },
      { _tag: 'UnreadCounts', counts: [] },
    ],
    [
      { cmd: 'rcp', rcpMessage: { cid: 'c', id: 'm', t: 5 } },
      { _tag: 'Receipt', conversationId: 'c', kind: 'delivered', at: 5, messageId: 'm' },
    ],
    [
      { cmd: 'rcp', rcpMessage: { cid: 'c', t: 5, read: true } },
      { _tag: 'Receipt', conversationId: 'c', kind: 'read', at: 5 },
    ],
  ])('%j becomes an entry of the log', (push, event) => {
    expect(eventOf(push)).toEqual(event);
  });

  it.each<ServerCommand>([
    { cmd: 'conv', op: 'updated', convMessage: { cid: 'c' } },
    { cmd: 'conv', op: 'updated', convMessage: { attr: { data: '{}' } } },
    { cmd: 'conv', op: 'started', convMessage: { cid: 'c' } },
    { cmd: 'echo' },
  ])('%j adds no entry to the log', (push) => {
    expect(eventOf(push)).toBeUndefined();
  });

  it('of attributes that are not JSON is a fault', () => {
    const [reader, faults] = reading();
    expect(toEvents(reader, { cmd: 'conv', op: 'updated', convMessage: { cid: 'c', attr: { data: '{' } } })).toEqual(
      [],
    );
    expect(faults).toMatchObject([{ _tag: 'Frame', error: { _tag: 'DecodeFailed' } }]);
  });
});

describe('a push of patches', () => {
  const patched = (item: object): readonly ClientEvent[] =>
    toEvents(reading()[0], {
      cmd: 'patch',
      op: 'modify',
      patchMessage: { patches: [{ cid: 'c', mid: 'm', timestamp: 5, patchTimestamp: 9, from: 'Jerry', ...item }] },
    });

  it('becomes an edit for each message, with its current version', () => {
    expect(patched({ data: 'hello again', mentionPids: ['Tom'] })).toMatchObject([
      {
        _tag: 'Edit',
        conversationId: 'c',
        message: {
          id: 'm',
          from: 'Jerry',
          timestamp: 5,
          editedAt: 9,
          mentioned: true,
          body: { _tag: 'Plain', content: 'hello again' },
        },
      },
    ]);
  });

  it('becomes a recall, with or without a body', () => {
    for (const data of [{}, { data: '{"_lctype":-127}' }])
      expect(patched({ recall: true, ...data })).toMatchObject([
        { _tag: 'Recall', message: { id: 'm', body: { _tag: 'Recalled' } } },
      ]);
  });

  it('gives the reason if the service made the change', () => {
    expect(patched({ data: '***', patchCode: -4_408, patchReason: 'censored' })).toMatchObject([
      { _tag: 'Edit', reason: { code: -4_408, detail: 'censored' } },
    ]);
    expect(patched({ data: '***', patchCode: 7 })).toMatchObject([{ reason: { code: 7 } }]);
    expect(patched({ data: '***' })[0]).not.toHaveProperty('reason');
  });

  it('can contain bytes', () => {
    expect(patched({ binaryMsg: new Uint8Array([1]) })).toMatchObject([{ message: { body: { _tag: 'Binary' } } }]);
  });

  it('adds no entry if it is empty', () => {
    expect(toEvents(reading()[0], { cmd: 'patch', op: 'modify', patchMessage: {} })).toEqual([]);
  });
});

describe('a message of history', () => {
  it('has the time of its last change', async () => {
    const item = { msgId: 'm', from: 'Jerry', timestamp: 5, patchTimestamp: 8, data: 'hello' };
    const [message] = await firstValueFrom(readHistory(reading()[0], 'c', [item]));
    expect(message).toMatchObject({ id: 'm', timestamp: 5, editedAt: 8, transient: false });
  });
});
