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
  it('pauses the socket while there is a subscriber', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$).toBe('   --s------g', marks);
      expectObservable(hold(100), '    --^--!').toBe('--t', { t: true });
      expectObservable(hold(100), '    ---^-----!').toBe('---t', { t: true });
      expectObservable(hot('           a')).toBe('a');
    });
  });

  it('after the longest pause, sends a heartbeat and reads until one frame has arrived', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      hot('-----------------f').subscribe(heard);
      expectObservable(done$).toBe('s---------(gb)---s--g', marks);
      expectObservable(hold(10), '^-------------------!').toBe('t', { t: true });
    });
  });

  it('tells the server every 800 ms of a pause that the client lives, and holds back on purpose', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$).toBe('      s 799ms b 799ms b 199ms g', marks);
      expectObservable(hold(5_000), '  ^ 1799ms    !').toBe('t', { t: true });
    });
  });

  it('reads for 250 ms between two pauses if no frame arrives', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '^ 300ms !').toBe('s---------(gb) 246ms s 9ms (gb)', marks);
      expectObservable(hold(10), '^ 280ms !').toBe('t', { t: true });
    });
  });

  it('uses the shortest limit of all subscribers', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '        ^---------!').toBe('s----(gb)', marks);
      expectObservable(hold(1_000), '  ^---------!').toBe('t', { t: true });
      expectObservable(hold(5), '      ---^------!').toBe('---t', { t: true });
    });
  });

  it('measures a pause from its beginning, even if other subscribers come and go', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '   ^-----------!').toBe('s---------(gb)', marks);
      expectObservable(hold(10), '^-----------!').toBe('t', { t: true });
      expectObservable(hold(8), ' ---^!').toBe('         ---t', { t: true });
      expectObservable(hold(8), ' ------^!').toBe('      ------t', { t: true });
    });
  });

  it('continues the same pause if a subscriber leaves and comes back at once; starts a new one after a frame', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      const again$ = hot('a---a----------------a').pipe(switchMap(() => hold(10)));
      hot('              ------------------f').subscribe(heard);
      expectObservable(done$, '^ 25ms !').toBe('s---(gs)--(gb)----s--(gs)', marks);
      expectObservable(again$, '^ 25ms !').toBe('t---t----------------t', { t: true });
    });
  });

  it('ends a pause at once if a new subscriber has a limit that has passed already', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, done$ } = setUp();
      use(wire('A'));
      expectObservable(done$, '   ^---------!').toBe('s-----(gb)', marks);
      expectObservable(hold(50), '^---------!').toBe('t', { t: true });
      expectObservable(hold(4), ' ------^---!').toBe('------t', { t: true });
    });
  });

  it('does not shorten the time of reading for a new subscriber', () => {
    marbles(({ hot, expectObservable }) => {
      const { use, hold, heard, wire, done$ } = setUp();
      use(wire('A'));
      hot('------------------f').subscribe(heard);
      expectObservable(done$, '   ^-----------------------!').toBe('s---------(gb)----s---(gb)', marks);
      expectObservable(hold(10), '^-----------------------!').toBe('t', { t: true });
      expectObservable(hold(4), ' ---------------^--------!').toBe('---------------t', { t: true });
    });
  });

  it('reads one frame from a new socket before it pauses it', () => {
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

  it('emits false for a socket that can not be paused, and leaves it alone', () => {
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

  it('stops its timers while the socket is paused', () => {
    marbles(({ expectObservable }) => {
      const { use, hold, wire, clock } = setUp();
      use(wire('A'));
      expectObservable(clock.after(5).pipe(map(() => 'x'))).toBe('---------(x|)');
      expectObservable(hold(100), '--^---!').toBe('--t', { t: true });
    });
  });

  it('has ordinary timers while there is no subscriber', () => {
    marbles(({ expectObservable }) => {
      const { clock } = setUp();
      expectObservable(clock.after(5).pipe(map(() => 'x'))).toBe('-----(x|)');
      expect(clock.now()).toBe(virtualClock.now());
    });
  });
});
