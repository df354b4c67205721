/** History, as one page and page by page. */
import { Subject, firstValueFrom, startWith } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text, type Conversation, type Message, historyIterator, historyPages } from 'rx-realtime';
import { fail, Operation, sent, textOf, world } from './world.js';

const { pair } = world();

describe('history', () => {
  const numbered = async (conversation: Conversation, count: number): Promise<readonly Message[]> => {
    const messages: Message[] = [];
    for (let index = 0; index < count; index += 1) messages.push(await sent(conversation, text(String(index))));
    return messages;
  };

  it('H1: has the latest messages, oldest first; takes bounds (a message or a time), a direction, a type', async () => {
    const { here } = await pair();
    const messages = await numbered(here, 25);
    await sent(here, Operation({ op: 'x', count: 1 }));
    const page = async (options: Parameters<Conversation['history']>[0]) =>
      (await firstValueFrom(here.history(options))).map(textOf);
    const at = (index: number): Message => messages[index] ?? fail();
    expect(await page({})).toEqual([...Array.from({ length: 19 }, (_, n) => String(n + 6)), 'Custom']);
    expect(await page({ limit: 2 })).toEqual(['24', 'Custom']);
    expect(await page({ before: at(3), limit: 2 })).toEqual(['1', '2']);
    expect(await page({ before: at(3), beforeIncluded: true, limit: 2 })).toEqual(['2', '3']);
    expect(await page({ before: at(3).timestamp, limit: 2 })).toEqual(['1', '2']);
    expect(await page({ after: at(3), limit: 2 })).toEqual(['4', '5']);
    expect(await page({ after: at(3), afterIncluded: true, before: at(5) })).toEqual(['3', '4']);
    expect(await page({ after: at(3), before: at(9), direction: 'forward', limit: 2 })).toEqual(['4', '5']);
    expect(await page({ after: at(3), before: at(9), limit: 2 })).toEqual(['7', '8']);
    expect(await page({ type: Operation })).toEqual(['Custom']);
  });

  it.each([{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { before: NaN }])('H1: refuses %j', async (options) => {
    const { here } = await pair();
    await expect(firstValueFrom(here.history(options))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
  });

  it('H2: comes as one page for each tick and completes at the end; also as an async iterable', async () => {
    const { here } = await pair();
    await numbered(here, 7);
    const more$ = new Subject<void>();
    const pages: string[][] = [];
    const done = new Promise<void>((resolve, reject) => {
      historyPages(here, { pageSize: 3, more$: more$.pipe(startWith(undefined)) }).subscribe({
        next: (page) => {
          pages.push(page.map(textOf));
          more$.next();
        },
        error: reject,
        complete: resolve,
      });
    });
    await done;
    const expected = [['4', '5', '6'], ['1', '2', '3'], ['0']];
    expect(pages).toEqual(expected);
    const pulled: string[][] = [];
    for await (const page of historyIterator(here, { pageSize: 3 })) pulled.push(page.map(textOf));
    expect(pulled).toEqual(expected);
    const forward: string[][] = [];
    for await (const page of historyIterator(here, { pageSize: 7, direction: 'forward' }))
      forward.push(page.map(textOf));
    expect(forward).toEqual([['0', '1', '2', '3', '4', '5', '6']]);
  });
});
