/** Signatures for actions on conversations. */
import { createHmac } from 'node:crypto';
import { firstValueFrom, lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ConversationSignatureRequest, RealtimeOptions, Signature } from 'rx-realtime';
import { world } from './world.js';
import { unblock, block } from 'rx-realtime';

const MASTER_KEY = 'a key that no client has';
const { login, realtime } = world({
  masterKey: MASTER_KEY,
  signed: ['login', 'create', 'add', 'join', 'remove', 'quit', 'block', 'unblock'],
});

let nonces = 0;
/** The application's back end. */
const sign = (parts: readonly string[], action?: string, inSeconds = false): Signature => {
  const timestamp = inSeconds ? Math.floor(Date.now() / 1_000) : Date.now();
  const nonce = `n${String((nonces += 1))}`;
  const signed = [...parts, timestamp, nonce, ...(action === undefined ? [] : [action])].join(':');
  return { signature: createHmac('sha1', MASTER_KEY).update(signed).digest('hex'), timestamp, nonce };
};

const asked: ConversationSignatureRequest[] = [];
const signing: Partial<RealtimeOptions> = {
  signature: (clientId) => Promise.resolve(sign(['app', clientId, ''])),
  conversationSignature: (request) => {
    asked.push(request);
    const { action, clientId, conversationId, members } = request;
    return of(
      conversationId === undefined
        ? sign(['app', clientId, members.join(':')])
        : sign(['app', clientId, conversationId, members.join(':')], action, true),
    );
  },
};

describe('an action on a conversation', () => {
  it('X1 X2 X3: is signed by the back end of the application, once for each action, never by the client', async () => {
    asked.length = 0;
    const [tom, jerry] = await Promise.all([login('Tom', signing), login('Jerry', signing)]);
    const here = await firstValueFrom(tom.createConversation({ members: ['Spike', 'Butch'] }));
    const there = jerry.conversation(here.id);
    await lastValueFrom(there.join());
    await lastValueFrom(here.add(['Tyke', 'Quacker']));
    await lastValueFrom(here.remove(['Tyke']));
    await lastValueFrom(there.quit());
    await lastValueFrom(block(here, ['Jerry']));
    await lastValueFrom(unblock(here, ['Jerry']));
    expect(asked).toEqual([
      { action: 'create', clientId: 'Tom', members: ['Butch', 'Spike', 'Tom'] },
      { action: 'invite', clientId: 'Jerry', conversationId: here.id, members: ['Jerry'] },
      { action: 'invite', clientId: 'Tom', conversationId: here.id, members: ['Quacker', 'Tyke'] },
      { action: 'kick', clientId: 'Tom', conversationId: here.id, members: ['Tyke'] },
      { action: 'kick', clientId: 'Jerry', conversationId: here.id, members: ['Jerry'] },
      { action: 'conversation-block-clients', clientId: 'Tom', conversationId: here.id, members: ['Jerry'] },
      { action: 'conversation-unblock-clients', clientId: 'Tom', conversationId: here.id, members: ['Jerry'] },
    ]);
  });

  it('X3: is refused without a signature, or with a signature of another key', async () => {
    const tom = await login('Tom', {
      ...signing,
      conversationSignature: () => of({ ...sign(['app', 'Tom', 'Tom']), signature: 'forged' }),
    });
    await expect(lastValueFrom(tom.createConversation({ members: [] }))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4302,
    });
    const { signature } = signing;
    const jerry = await firstValueFrom(realtime(signature === undefined ? {} : { signature }).login('Jerry'));
    await expect(lastValueFrom(jerry.createConversation({ members: [] }))).rejects.toMatchObject({
      _tag: 'ServerRejected',
      code: 4302,
    });
  });

  it('X1: fails with SignatureFailed if the factory fails', async () => {
    const tom = await login('Tom', { ...signing, conversationSignature: () => Promise.reject(new Error('no')) });
    await expect(lastValueFrom(tom.createConversation({ members: [] }))).rejects.toMatchObject({
      _tag: 'SignatureFailed',
    });
  });
});
