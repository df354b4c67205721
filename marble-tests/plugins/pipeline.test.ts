import { EMPTY, NEVER, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { text } from '../../codecs/index.js';
import type { Fault } from '../../src/faults.js';
import { createPipeline } from '../../src/plugins/pipeline.js';
import type { Pipeline } from '../../src/session/message-reader.js';
import type { Plugin } from '../../src/plugins/plugin.js';
import type { Message } from '../../streams/index.js';
import { marbles, virtualClock } from '../marbles.js';
import { message } from '../streams/log.js';

const pipelineOf = (plugins: readonly Plugin[]): [pipeline: Pipeline, faults: readonly string[]] => {
  const faults: string[] = [];
  const report = (fault: Fault): void => {
    faults.push(
      fault._tag === 'Plugin'
        ? `${String(virtualClock.elapsed())} ${fault.plugin} ${fault.hook}: ${fault.error.message}`
        : fault._tag,
    );
  };
  const pipeline = createPipeline(plugins, { timeout: 5, clock: virtualClock, report });
  if (pipeline === undefined) throw new Error('these plugins look at messages');
  return [pipeline, faults];
};

const say = (words: string): Message => message({ body: text(words) });
const adding =
  (letter: string) =>
  (read: Message): Message => ({ ...read, body: text(`${read.body._tag === 'Text' ? read.body.text : ''}${letter}`) });

describe('a pipeline', () => {
  it('does not exist if no plugin reads messages', () => {
    expect(
      createPipeline([{ name: 'other' }], { timeout: 5, clock: virtualClock, report: () => undefined }),
    ).toBeUndefined();
  });

  it('gives a message from one plugin to the next; synchronously if all of them answer synchronously', () => {
    marbles(({ expectObservable }) => {
      const [pipeline] = pipelineOf([
        { name: 'one', afterParse: adding('1') },
        { name: 'two', afterParse: (read) => [adding('2')(read)] },
      ]);
      expectObservable(pipeline.message(say('x'))).toBe('(m|)', { m: say('x12') });
    });
  });

  it('waits for a plugin, takes its first value and unsubscribes', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const answer$ = cold('--m-m', { m: say('later') });
      const [pipeline] = pipelineOf([
        { name: 'slow', afterParse: () => answer$ },
        { name: 'two', afterParse: adding('2') },
      ]);
      expectObservable(pipeline.message(say('x'))).toBe('--(m|)', { m: say('later2') });
      expectSubscriptions(answer$.subscriptions).toBe('^-!');
    });
  });

  it('skips a plugin that does not answer in time, and reports its name', () => {
    marbles(({ expectObservable, flush }) => {
      const [pipeline, faults] = pipelineOf([
        { name: 'sleeper', afterParse: () => NEVER },
        { name: 'two', afterParse: adding('2') },
      ]);
      expectObservable(pipeline.message(say('x'))).toBe('-----(m|)', { m: say('x2') });
      flush();
      expect(faults).toEqual(['5 sleeper afterParse: it did not answer within 5 ms']);
    });
  });

  it('skips a plugin that throws, errors, completes without a value or returns a wrong value', () => {
    const broken: readonly (readonly [answer: () => Message | Observable<Message>, words: string])[] = [
      [
        () => {
          throw new Error('oh');
        },
        'code given to the realtime threw: oh',
      ],
      [() => throwError(() => new Error('no')), 'code given to the realtime threw: no'],
      [() => EMPTY, 'it ended without an answer'],
      [() => 'words' as never, 'what it answers is no message'],
      [() => ({ body: 'x' }) as never, 'what it answers is no message'],
    ];
    for (const [afterParse, words] of broken) {
      marbles(({ expectObservable, flush }) => {
        const [pipeline, faults] = pipelineOf([
          { name: 'broken', afterParse },
          { name: 'two', afterParse: adding('2') },
        ]);
        expectObservable(pipeline.message(say('x'))).toBe('(m|)', { m: say('x2') });
        flush();
        expect(faults).toEqual([`0 broken afterParse: ${words}`]);
      });
    }
  });

  it('does not let a plugin change the id, time, sender and conversation of a message', () => {
    marbles(({ expectObservable }) => {
      const forged = { id: 'f', timestamp: 99, from: 'Nobody', conversationId: 'x', transient: true };
      const [pipeline] = pipelineOf([
        { name: 'forger', afterParse: (read) => ({ ...read, ...forged, mentions: ['a'] }) },
      ]);
      expectObservable(pipeline.message(say('x'))).toBe('(m|)', { m: { ...say('x'), mentions: ['a'] } });
    });
  });

  it('changes bodies, also binary ones, before they are decoded, and refuses values that are no bodies', () => {
    marbles(({ expectObservable, flush }) => {
      const [pipeline, faults] = pipelineOf([
        { name: 'one', beforeParse: ({ msg = '' }) => ({ msg: `${msg}1` }) },
        { name: 'liar', beforeParse: () => ({ msg: 5 }) as never },
      ]);
      expectObservable(pipeline.content({ msg: 'x' })).toBe('(c|)', { c: { msg: 'x1' } });
      flush();
      expect(faults).toEqual(['0 liar beforeParse: what it answers is no message body']);
      const [bytes] = pipelineOf([{ name: 'bytes', beforeParse: () => ({ binaryMsg: new Uint8Array([1]) }) }]);
      expectObservable(bytes.content({})).toBe('(c|)', { c: { binaryMsg: new Uint8Array([1]) } });
    });
  });
});
