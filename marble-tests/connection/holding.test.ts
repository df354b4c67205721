import { NEVER, Subject, map, switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createHolding } from '../../src/connection/holding.js';
import { createMeter } from '../../src/connection/meter.js';
import type { Wire } from '../../src/connection/socket.js';
import { marbles, virtualClock } from '../marbles.js';

const setUp = () => {
  const done = new Subject<string>();
  const meter = createMeter(virtualClock);
  const heard = (): void => {
    meter.received('');
  };
  const holding = createHolding({
    clock: virtualClock,
    beat: () => {
      done.next('beat');
    },
    heard: meter.heard,
  });
  const wire = (name: string): Wire => ({
    send: () => undefined,
    frames$: NEVER,
    pause: () => {
      done.next(`${name} stops`);
    },
    resume: () => {
      done.next(`${name} goes on`);
    },
  });
  return { ...holding, heard, wire, done$: done.asObservable() };
};

const marks = { s: 'A stops', g: 'A goes on', b: 'beat', S: 'B stops', G: 'B goes on' };

describe('holding a connection', () => {
  it('pauses the socket while somebody holds, and only then', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$).toBe('   --s------g', marks);
      expectObservable(hold(100), '    --^--!').toBe('--t', { t: true });
      expectObservable(hold(100), '    ---^-----!').toBe('---t', { t: true });
      expectObservable(hot('           a')).toBe('a');
    });
  });

  it('reads on for a moment after a pause that has lasted too long, until a frame has come, and shows the server that it is there', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      hot('-----------------f').subscribe(heard);
      expectObservable(done$).toBe('s---------(gb)---s--g', marks);
      expectObservable(hold(10), '^-------------------!').toBe('t', { t: true });
    });
  });

  it('reads on for a quarter of a second where no frame comes', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '^ 300ms !').toBe('s---------(gb) 246ms s 9ms (gb)', marks);
      expectObservable(hold(10), '^ 280ms !').toBe('t', { t: true });
    });
  });

  it('goes by the shortest of the bounds', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '        ^---------!').toBe('s----(gb)', marks);
      expectObservable(hold(1_000), '  ^---------!').toBe('t', { t: true });
      expectObservable(hold(5), '      ---^------!').toBe('---t', { t: true });
    });
  });

  it('counts a pause from its beginning, however often somebody else comes and goes meanwhile', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '   ^-----------!').toBe('s---------(gb)', marks);
      expectObservable(hold(10), '^-----------!').toBe('t', { t: true });
      expectObservable(hold(8), ' ---^!').toBe('         ---t', { t: true });
      expectObservable(hold(8), ' ------^!').toBe('      ------t', { t: true });
    });
  });

  it('is the same pause for who lets go and holds again at once, and another one after a frame', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      const again$ = hot('a---a----------------a').pipe(switchMap(() => hold(10)));
      hot('              ------------------f').subscribe(heard);
      expectObservable(done$, '^ 25ms !').toBe('s---(gs)--(gb)----s--(gs)', marks);
      expectObservable(again$, '^ 25ms !').toBe('t---t----------------t', { t: true });
    });
  });

  it('is over at once where a shorter bound has passed already', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '   ^---------!').toBe('s-----(gb)', marks);
      expectObservable(hold(50), '^---------!').toBe('t', { t: true });
      expectObservable(hold(4), ' ------^---!').toBe('------t', { t: true });
    });
  });

  it('reads on for its moment, whoever comes meanwhile', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      hot('------------------f').subscribe(heard);
      expectObservable(done$, '   ^-----------------------!').toBe('s---------(gb)----s---(gb)', marks);
      expectObservable(hold(10), '^-----------------------!').toBe('t', { t: true });
      expectObservable(hold(4), ' ---------------^--------!').toBe('---------------t', { t: true });
    });
  });

  it('lets a new socket answer before it is paused, too', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      hot('---u').subscribe(() => {
        use(undefined);
      });
      hot('-----u').subscribe(() => {
        use(wire('B'));
      });
      hot('-------f').subscribe(heard);
      expectObservable(done$, '     ^-----------!').toBe('s--g-b-S--G', marks);
      expectObservable(hold(1_000), '^---------!').toBe('t', { t: true });
    });
  });

  it('says where a socket can’t be paused, and does nothing to it', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      const { send, frames$ } = wire('');
      use({ send, frames$ });
      hot('---u').subscribe(() => {
        use(wire('A'));
      });
      expectObservable(hold(1_000), '^-----!').toBe('f--t', { f: false, t: true });
      expectObservable(done$, '      ^---!').toBe('---b', marks);
    });
  });

  it('lets its timers stand still while the socket does', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, clock } = setUp();
      use(wire('A'));
      expectObservable(clock.after(5).pipe(map(() => 'x'))).toBe('---------(x|)');
      expectObservable(hold(100), '--^---!').toBe('--t', { t: true });
    });
  });

  it('has timers like any others while nobody holds', () => {
    marbles(({ expectObservable }) => {
      const { clock } = setUp();
      expectObservable(clock.after(5).pipe(map(() => 'x'))).toBe('-----(x|)');
      expect(clock.now()).toBe(virtualClock.now());
    });
  });
});
