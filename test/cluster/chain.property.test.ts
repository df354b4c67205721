/** The order of a conversation on a node, whatever becomes of what is published. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../seed.js';
import {
  chainStep,
  newChain,
  raised,
  type Chain,
  type ChainEffect,
  type ChainEvent,
} from '../../server/cluster/chain.js';

interface Message {
  readonly at: number;
  readonly prev: number;
}

/** A node with a store: it carries out what the steps want, at the times that a test chooses. */
const createNode = (stored: readonly Message[], pageSize: number) => {
  let chain: Chain<string> = newChain(0);
  const delivered: string[] = [];
  let wait: number | undefined;
  let read: Extract<ChainEffect<string>, { _tag: 'Read' }> | undefined;
  const take = (event: ChainEvent<string>): void => {
    const [next, effects] = chainStep(chain, event);
    chain = next;
    for (const effect of effects)
      if (effect._tag === 'Deliver') delivered.push(effect.value);
      else if (effect._tag === 'Wait') wait = effect.round;
      else read = effect;
  };
  return {
    delivered,
    take,
    /** The wait is over, or the store answers: what is next. */
    goOn: (fails: boolean): boolean => {
      if (read !== undefined) {
        const { after, upTo, round } = read;
        read = undefined;
        const later = stored.filter(({ at }) => at > after);
        const messages = later.slice(0, pageSize).map(({ at }) => ({ at, value: `m${at}` }));
        if (fails) take({ _tag: 'ReadFailed', round });
        else take({ _tag: 'Read', round, upTo, messages, isAll: later.length <= pageSize });
        return true;
      }
      if (wait === undefined) return false;
      const round = wait;
      wait = undefined;
      take({ _tag: 'Waited', round });
      return true;
    },
  };
};

const messagesOf = (gaps: readonly number[]): readonly Message[] => {
  let at = 0;
  return gaps.map((gap) => {
    const prev = at;
    at += gap;
    return { at, prev };
  });
};

const history = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }).map(messagesOf);

describe('a chain', () => {
  test('gives each stored message once and in order, whatever is lost, doubled or out of order', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(
          fc.record({ message: fc.nat(11), goesOn: fc.boolean(), fails: fc.boolean(), isUnknown: fc.boolean() }),
          {
            maxLength: 40,
          },
        ),
        fc.integer({ min: 1, max: 4 }),
        (messages, arrivals, pageSize) => {
          const node = createNode(messages, pageSize);
          for (const { message, goesOn, fails, isUnknown } of arrivals) {
            const found = messages[message];
            if (found !== undefined)
              node.take({
                _tag: 'Arrived',
                value: `m${found.at}`,
                link: { at: found.at, prev: isUnknown ? -1 : found.prev },
              });
            if (goesOn) node.goOn(fails);
          }
          // A sweep knows of the last one.
          node.take({ _tag: 'Known', at: messages.at(-1)?.at ?? 0 });
          let steps = 0;
          while (node.goOn(false)) expect((steps += 1)).toBeLessThan(200);
          expect(node.delivered).toEqual(messages.map(({ at }) => `m${at}`));
        },
      ),
    );
  });

  test('keeps what is no message behind the messages that came before it', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(11), { maxLength: 12 }), (messages, order) => {
        const node = createNode(messages, 100);
        const before = new Map<string, readonly string[]>();
        const arrived: string[] = [];
        for (const [place, index] of order.entries()) {
          const message = messages[index];
          if (message === undefined) continue;
          arrived.push(`m${message.at}`);
          node.take({ _tag: 'Arrived', value: `m${message.at}`, link: message });
          before.set(`note${place}`, [...arrived]);
          node.take({ _tag: 'Arrived', value: `note${place}` });
        }
        let steps = 0;
        while (node.goOn(false)) expect((steps += 1)).toBeLessThan(200);
        for (const [note, earlier] of before) {
          const place = node.delivered.indexOf(note);
          expect(place).toBeGreaterThanOrEqual(0);
          for (const message of earlier) expect(node.delivered.indexOf(message)).toBeLessThan(place);
        }
      }),
    );
  });

  test('gives a sender its answer when everything before its message was delivered, and nothing behind it before', () => {
    fc.assert(
      fc.property(
        history,
        fc.nat(11),
        fc.array(fc.record({ message: fc.nat(11), goesOn: fc.boolean() }), { maxLength: 30 }),
        fc.nat(20),
        (messages, ownIndex, arrivals, delay) => {
          const own = messages[ownIndex % messages.length];
          if (own === undefined) return;
          const node = createNode(messages, 3);
          node.take({ _tag: 'Own', at: own.at, prev: own.prev, value: 'answer' });
          let isHandedOut = false;
          /** The node hands its own message out some time after the answer. */
          let left = delay;
          const handOut = (): void => {
            if (isHandedOut || !node.delivered.includes('answer') || (left -= 1) > 0) return;
            isHandedOut = true;
            node.take({ _tag: 'Arrived', value: `m${own.at}`, link: own });
          };
          for (const { message, goesOn } of arrivals) {
            const found = messages[message];
            if (found !== undefined && found !== own)
              node.take({ _tag: 'Arrived', value: `m${found.at}`, link: found });
            if (goesOn) node.goOn(false);
            handOut();
          }
          node.take({ _tag: 'Known', at: messages.at(-1)?.at ?? 0 });
          for (let step = 0; step < 90; step += 1) {
            node.goOn(false);
            handOut();
          }
          const place = messages.indexOf(own);
          const lines = messages.map(({ at }) => `m${at}`);
          expect(node.delivered).toEqual([...lines.slice(0, place), 'answer', ...lines.slice(place)]);
        },
      ),
    );
  });

  test('gives what waits for a message when everything up to it was delivered, whatever is lost', () => {
    fc.assert(
      fc.property(
        history,
        fc.nat(11),
        fc.array(fc.record({ message: fc.nat(11), goesOn: fc.boolean() }), { maxLength: 30 }),
        fc.nat(30),
        (messages, index, arrivals, turn) => {
          const message = messages[index % messages.length];
          if (message === undefined) return;
          const node = createNode(messages, 3);
          for (const [place, { message: other, goesOn }] of [...arrivals, ...arrivals].entries()) {
            if (place === turn) node.take({ _tag: 'Behind', at: message.at, value: 'answer' });
            const found = messages[other];
            if (found !== undefined) node.take({ _tag: 'Arrived', value: `m${found.at}`, link: found });
            if (goesOn) node.goOn(false);
          }
          if (turn >= 2 * arrivals.length) node.take({ _tag: 'Behind', at: message.at, value: 'answer' });
          for (let step = 0; step < 90; step += 1) node.goOn(false);
          const upTo = messages.filter(({ at }) => at <= message.at).map(({ at }) => `m${at}`);
          const before = node.delivered.slice(0, node.delivered.indexOf('answer'));
          expect(node.delivered.filter((value) => value === 'answer')).toHaveLength(1);
          expect(before).toEqual(expect.arrayContaining(upTo));
        },
      ),
    );
  });

  test('takes a message of its own from the store if nobody hands it out', () => {
    const messages = messagesOf([1, 1, 1]);
    const node = createNode(messages, 10);
    node.take({ _tag: 'Own', at: 2, prev: 1, value: 'answer' });
    node.take({ _tag: 'Known', at: 3 });
    let steps = 0;
    while (node.goOn(false)) expect((steps += 1)).toBeLessThan(1_000);
    expect(node.delivered).toEqual(['m1', 'answer', 'm2', 'm3']);
  });

  test('waits once for a message that has been overtaken, and does not ask the store then', () => {
    const effects: string[] = [];
    let chain: Chain<string> = newChain(5);
    const take = (event: ChainEvent<string>): void => {
      const [next, more] = chainStep(chain, event);
      chain = next;
      effects.push(...more.map((effect) => (effect._tag === 'Deliver' ? effect.value : effect._tag)));
    };
    take({ _tag: 'Arrived', value: 'second', link: { at: 9, prev: 7 } });
    const { round } = chain;
    take({ _tag: 'Arrived', value: 'first', link: { at: 7, prev: 5 } });
    take({ _tag: 'Waited', round });
    expect(effects).toEqual(['Wait', 'first', 'second']);
  });

  test('is raised to what nobody needs, and not at all if nobody is here: somebody may come', () => {
    expect(raised(newChain<string>(5), 9).last).toBe(9);
    expect(raised(newChain<string>(5), Infinity)).toEqual(newChain(5));
  });
});
