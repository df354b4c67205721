import { describe, expect, it } from 'vitest';
import { memorySessions } from '../../server/domain/memory/sessions.js';
import type { SessionOpening } from '../../server/domain/records.js';

const opening = (
  token: string,
  holder: string,
  change: { readonly tag?: string; readonly resumes?: boolean } = {},
): SessionOpening => {
  const { tag, resumes = false } = change;
  const session = {
    token,
    holder,
    clientId: 'Tom',
    deviceId: '',
    expiresAt: 100,
    ...(tag === undefined ? {} : { tag }),
  };
  return { session, resumes };
};

const bounds = { notices: 10, noticeBytes: 1_000, tokens: 10 };

describe('sessions in memory', () => {
  it('with one tag replace each other: the later one learns of the earlier one, once', () => {
    const sessions = memorySessions(bounds);
    expect(sessions.open(opening('a', 'a1', { tag: 'Web' }), 0)).toEqual({ _tag: 'Opened', displaced: [] });
    expect(sessions.open(opening('b', 'b1', { tag: 'Web' }), 0)).toEqual({ _tag: 'Opened', displaced: ['a1'] });
    expect(sessions.open(opening('c', 'c1', { tag: 'Web' }), 0)).toEqual({ _tag: 'Opened', displaced: ['b1'] });
    expect(sessions.open(opening('d', 'd1', { tag: 'Mobile' }), 0)).toEqual({ _tag: 'Opened', displaced: [] });
    expect(sessions.open(opening('a', 'a2', { tag: 'Web', resumes: true }), 0)).toEqual({ _tag: 'Displaced' });
  });

  it('with one token belong to the last that was opened; only that one may write, renew and close it', () => {
    const sessions = memorySessions(bounds);
    sessions.open(opening('a', 'a1'), 0);
    sessions.rememberRoom('a', 'a1', { id: 'lobby', leftAt: 5 });
    expect(sessions.open(opening('a', 'a2', { resumes: true }), 0)).toEqual({
      _tag: 'Opened',
      displaced: [],
      resumed: 'a1',
      room: { id: 'lobby', leftAt: 5 },
    });
    sessions.rememberRoom('a', 'a1', undefined);
    sessions.forget('a', 'a1');
    expect(sessions.renew(opening('a', 'a1').session)).toBe(false);
    expect(sessions.get('a')).toMatchObject({ holder: 'a2', room: { id: 'lobby' } });
    sessions.forget('a', 'a2');
    expect(sessions.get('a')).toBeUndefined();
  });

  it('are renewed where they are, also after they have expired; a renewal never brings one back', () => {
    const sessions = memorySessions(bounds);
    sessions.open(opening('a', 'a1'), 0);
    sessions.open(opening('b', 'b1'), 200);
    expect(sessions.renew({ ...opening('a', 'a1').session, expiresAt: 300 })).toBe(true);
    expect(sessions.open(opening('a', 'a2', { resumes: true }), 299)).toMatchObject({ _tag: 'Opened' });
    sessions.forgetAll('Tom');
    expect(sessions.renew({ ...opening('a', 'a2').session, expiresAt: 400 })).toBe(false);
    expect(sessions.get('a')).toBeUndefined();
  });

  it('cannot be resumed with a token that has expired or was given up', () => {
    const sessions = memorySessions(bounds);
    sessions.open(opening('a', 'a1'), 0);
    expect(sessions.open(opening('a', 'a2', { resumes: true }), 100)).toEqual({ _tag: 'Gone' });
    sessions.open(opening('b', 'b1'), 0);
    sessions.forgetAll('Tom');
    expect(sessions.open(opening('b', 'b2', { resumes: true }), 0)).toEqual({ _tag: 'Gone' });
  });
});
