/** Imports everything from the HTTP API of the cloud. It can be stopped and goes on where it was. */
import * as t from 'io-ts';
import { JsonObject, record, SafeInteger, type Json } from '../../codecs/index.js';
import type { MovingStore } from '../store/store.js';
import { CursorLost, type Cloud, type MessagePlace } from './cloud.js';
import type { Importing } from './importing.js';

const Place = record('place', { timestamp: SafeInteger, id: t.string }, {});

/** Where an import is. */
export const Checkpoint = record(
  'checkpoint',
  { from: t.string, appId: t.string, step: t.keyof({ conversations: null, messages: null, done: null }) },
  { cursor: t.string, after: Place },
);
export type Checkpoint = t.TypeOf<typeof Checkpoint>;

interface CloudProgress {
  readonly step: 'conversations' | 'messages';
  /** How much of this step is done, from 0 to 1; `NaN` if it is not known. */
  readonly part: number;
}

export interface FromCloudOptions {
  readonly cloud: Cloud;
  readonly store: MovingStore;
  readonly importing: Importing;
  /** Where it goes on. */
  readonly checkpoint: Checkpoint;
  /** Called when everything up to here is stored. */
  readonly save: (checkpoint: Checkpoint) => Promise<void>;
  readonly progress: (progress: CloudProgress) => void;
  /** ms since 1970. */
  readonly now: () => number;
}

const textAt = (item: Json, key: string): string => {
  const value = JsonObject.is(item) ? item[key] : undefined;
  return typeof value === 'string' ? value : 'without an id';
};

const isSystem = (item: Json): boolean => JsonObject.is(item) && item['sys'] === true && item['tr'] !== true;

export const importFromCloud = async (options: FromCloudOptions): Promise<void> => {
  const { cloud, store, importing, save, progress, now } = options;
  const { from, appId, step, cursor: startCursor, after: startAfter } = options.checkpoint;
  const at = (place: Omit<Checkpoint, 'from' | 'appId'>): Checkpoint => ({ from, appId, ...place });
  const kept = (after: MessagePlace | undefined): { readonly after?: MessagePlace } =>
    after === undefined ? {} : { after };

  const subscribe = async (id: string): Promise<void> => {
    let last: string | undefined;
    for (;;) {
      const clients = await cloud.subscribers(id, last);
      if (clients.length === 0 || clients.at(-1) === last) return;
      await store.addMembers(id, clients, Infinity);
      last = clients.at(-1);
    }
  };

  const conversations = async (): Promise<void> => {
    const source = importing.source('conversations');
    const total = await cloud.count();
    let cursor = startCursor;
    let done = 0;
    for (;;) {
      const page = await cloud.conversations(cursor).catch((error: unknown) => {
        if (!(error instanceof CursorLost) || cursor === undefined) throw error;
        // The cloud keeps a cursor for some minutes. What is stored already stays.
        cursor = undefined;
        return cloud.conversations(undefined);
      });
      for (const item of page.items) await source.add(textAt(item, 'objectId'), item);
      await source.flush();
      for (const item of page.items) if (isSystem(item)) await subscribe(textAt(item, 'objectId'));
      done += page.items.length;
      progress({ step: 'conversations', part: startCursor === undefined ? done / total : NaN });
      cursor = page.next;
      if (cursor === undefined) return;
      await save(at({ step: 'conversations', cursor, ...kept(startAfter) }));
    }
  };

  const messages = async (): Promise<void> => {
    const source = importing.source('messages', 'new');
    const end = now();
    let first: number | undefined;
    let after = startAfter;
    for (;;) {
      const page = await cloud.messages(after);
      for (const item of page.items) await source.add(textAt(item, 'msg-id'), item);
      await source.flush();
      if (page.last === undefined) break;
      after = page.last;
      first ??= after.timestamp;
      await save(at({ step: 'messages', after }));
      progress({ step: 'messages', part: (after.timestamp - first) / (end - first) });
    }
    // The next import goes on from here: it takes what is new.
    await save(at({ step: 'done', ...kept(after) }));
  };

  if (step !== 'messages') await conversations();
  await messages();
};
