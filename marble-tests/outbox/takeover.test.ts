/** The order of an outbox holds over its pages: what happens to the messages of a page that is closed, or frozen. */
import fc from 'fast-check';
import {
  BehaviorSubject,
  EMPTY,
  NEVER,
  Observable,
  Subject,
  Subscription,
  asyncScheduler,
  endWith,
  ignoreElements,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryOutbox } from '../../src/outbox/memory-outbox.js';
import type { OutboxStorage } from '../../src/outbox/outbox-storage.js';
import { marbles } from '../marbles.js';
import { start } from './stored.js';

/** A page that keeps a claim for so long lives, ms. */
const DYING = 5;

/** Pages that share a storage, and what they have written: page and token. */
const browser = () => {
  const memory = memoryOutbox();
  const written: string[] = [];
  let opened = 0;
  return {
    written,
    /** The tokens that were written, each the first time: the server ignores what it has. */
    sent: (): readonly string[] => [...new Set(written.map((line) => line.slice(line.indexOf(' ') + 1)))],
    open: (isOnline = false) => {
      const name = String((opened += 1));
      const online$ = new BehaviorSubject(isOnline);
      const again$ = new Subject<undefined>();
      const end$ = new Subject<never>();
      const claims = new Set<Subscription>();
      let isGone = false;
      const alive = <T>(work: () => T): T | Observable<never> => (isGone ? NEVER : work());
      const storage: OutboxStorage = {
        load: (owner) => alive(() => memory.load(owner)),
        put: (owner, message) => alive(() => memory.put(owner, message)),
        remove: (owner, token) => alive(() => memory.remove(owner, token)),
        claim: (owner, batch) =>
          new Observable((subscriber) => {
            const claim = new Subscription();
            let living = Subscription.EMPTY;
            claims.add(claim);
            claim.add(
              memory.claim?.(owner, batch).subscribe((isMine) => {
                living.unsubscribe();
                if (isMine) subscriber.next(true);
                else claim.add((living = timer(DYING).subscribe(() => subscriber.next(false))));
              }),
            );
            return () => {
              if (isGone) return;
              claims.delete(claim);
              claim.unsubscribe();
            };
          }),
      };
      const one = start(storage, online$, {}, end$.pipe(ignoreElements(), endWith(true)), again$, (token) => {
        if (!isGone) written.push(`${name} ${token}`);
      });
      return {
        claims,
        say: (token: string, conversation = 'c') => {
          one.send(one.entry(token, conversation)).subscribe({ error: () => undefined });
        },
        connect: () => {
          online$.next(true);
          again$.next(undefined);
        },
        disconnect: () => {
          online$.next(false);
        },
        /** The browser ends the page: nothing runs there any more. It releases the claims later, the last one first. */
        close: (after = 0) => {
          isGone = true;
          [...claims].reverse().forEach((claim, index) => {
            asyncScheduler.schedule(
              () => {
                claim.unsubscribe();
              },
              after === 0 ? 0 : after + index,
            );
          });
        },
      };
    },
  };
};

const at = (ms: number, act: () => void): void => void timer(ms).subscribe(act);

describe('the pages of an outbox', () => {
  it('do not send what a page that lives has: it sends that itself. Their new messages do not wait for it', () => {
    marbles(({ flush }) => {
      const { open, written } = browser();
      const first = open();
      for (const token of ['x', 'y']) first.say(token);
      at(1, () => open(true).say('n'));
      at(1 + DYING - 1, () => {
        expect(written).toEqual([]);
      });
      at(20, first.connect);
      flush();
      expect(written).toEqual(['2 n', '1 x', '1 y']);
    });
  });

  it('send what a page has left in its order, before their own, while the browser still closes that page', () => {
    marbles(({ flush }) => {
      const { open, written } = browser();
      const first = open();
      for (const token of ['x', 'y', 'z']) first.say(token);
      at(1, () => {
        first.close(3);
        open(true).say('n');
      });
      flush();
      expect(written).toEqual(['2 x', '2 y', '2 z', '2 n']);
    });
  });

  it('send what a page has left at once and in its order, although the browser was slow to close it', () => {
    marbles(({ flush }) => {
      const { open, written } = browser();
      const first = open();
      for (const token of ['x', 'y', 'z']) first.say(token);
      at(1, () => {
        first.close(DYING + 3);
        open(true).say('n');
      });
      flush();
      expect(written).toEqual(['2 n', '2 x', '2 y', '2 z']);
    });
  });

  it('leave a frozen page its messages: it sends them when it goes on, and others if it is closed', () => {
    marbles(({ flush }) => {
      const { open, written } = browser();
      const [frozen, closed] = [open(), open()];
      frozen.say('x');
      closed.say('y');
      at(1, () => open(true).say('n'));
      at(100, frozen.connect);
      at(200, () => {
        closed.close();
      });
      flush();
      expect(written).toEqual(['3 n', '1 x', '3 y']);
    });
  });

  it('take over everything of a page, or nothing, where several of them begin at once', () => {
    marbles(({ flush }) => {
      const { open, written } = browser();
      const first = open();
      for (const token of ['x', 'y', 'z']) first.say(token);
      at(1, () => {
        first.close(2);
        const [second] = [open(), open(true)];
        at(30, () => {
          expect(written).toEqual([]);
          second.close();
        });
      });
      flush();
      expect(written).toEqual(['3 x', '3 y', '3 z']);
    });
  });

  it('hold one claim, however many messages they have, and whoever has stored them; none if they have none', () => {
    marbles(({ flush }) => {
      const { open, sent } = browser();
      let page = open();
      const texts = Array.from({ length: 30 }, (_, index) => String(index));
      texts.forEach((token, index) => {
        at(index * 10, () => {
          page.say(token);
          expect(page.claims.size).toBe(1);
          if (index % 10 !== 9) return;
          page.close(3);
          page = open();
        });
      });
      at(400, () => {
        page.connect();
        expect(page.claims.size).toBe(0);
      });
      flush();
      expect(sent()).toEqual(texts);
    });
  });

  it('send all messages that they find, in order, where nothing is claimed', () => {
    marbles(({ flush }) => {
      const { claim: _none, ...storage } = memoryOutbox();
      const first = start(storage, NEVER);
      for (const token of ['x', 'y']) first.send(first.entry(token)).subscribe();
      const second = start(storage, EMPTY);
      at(1, () => {
        const third = start(storage, new BehaviorSubject(true));
        third.send(third.entry('n')).subscribe();
        expect(third.written).toEqual(['x', 'y', 'n']);
      });
      flush();
      expect([first.written, second.written]).toEqual([[], []]);
    });
  });

  const step = fc.record({
    wait: fc.integer({ min: 0, max: 8 }),
    tab: fc.nat(1),
    what: fc.oneof(
      { weight: 4, arbitrary: fc.record({ say: fc.constantFrom('c', 'd') }) },
      { weight: 2, arbitrary: fc.record({ reload: fc.nat(DYING - 1) }) },
      { weight: 1, arbitrary: fc.record({ online: fc.boolean() }) },
    ),
  });

  it.each([1, 2])('send each message, and those of a conversation in order: tabs %i', (tabs) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        marbles(({ flush }) => {
          const { open, sent } = browser();
          const pages = Array.from({ length: tabs }, () => open());
          const said: string[] = [];
          let now = 0;
          /** With one tab, the order holds over its pages; with two, over the messages of a page. */
          let epoch = 0;
          const epochs = pages.map(() => 0);
          for (const [index, { wait, tab: any, what }] of steps.entries()) {
            const tab = any % tabs;
            now += wait;
            at(now, () => {
              if ('say' in what) {
                const token = `${what.say}${String(tab)}.${String(tabs === 1 ? 0 : (epochs[tab] ?? 0))} ${String(index)}`;
                said.push(token);
                pages[tab]?.say(token, what.say);
              } else if ('online' in what) {
                if (what.online) pages[tab]?.connect();
                else pages[tab]?.disconnect();
              } else {
                pages[tab]?.close(what.reload);
                pages[tab] = open();
                epochs[tab] = epoch += 1;
              }
            });
            // What a page has not accepted when it is closed is lost: that is not the rule here.
            now += DYING + 30;
          }
          at(now + 100, () => {
            for (const page of pages) page.connect();
          });
          flush();
          const orderOf = (tokens: readonly string[]): Record<string, readonly string[]> =>
            Object.fromEntries(
              [...new Set(tokens.map((token) => token.split(' ')[0] ?? ''))]
                .sort()
                .map((chain) => [chain, tokens.filter((token) => token.startsWith(`${chain} `))]),
            );
          expect(orderOf(sent())).toEqual(orderOf(said));
        });
      }),
      { numRuns: 60 },
    );
  });
});
