import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential } from '../../src/connection/backoff.js';
import {
  initial,
  table,
  transition,
  type Effect,
  type Environment,
  type Input,
  type InputTag,
  type Machine,
  type StateTag,
  type Transition,
} from '../../src/connection/machine.js';
import { InvalidArgument } from '../../src/errors.js';

const MIN_UPTIME = 10_000;
const step = transition({ backoff: exponential({ jitter: false }), minUptime: MIN_UPTIME });

const states = Object.keys(table) as StateTag[];
const inputs = Object.keys(table.Idle) as InputTag[];

/** Inputs as a schedule has them: an epoch is given as how far it is behind the newest. */
interface Move {
  readonly _tag: InputTag;
  readonly behind: number;
  readonly code: number;
  readonly passed: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  // What makes a history long is likelier than what ends it.
  _tag: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<InputTag>('Open', 'Opened', 'Lost', 'Due', 'Opened', 'Due') },
    {
      weight: 3,
      arbitrary: fc.constantFrom<InputTag>(
        'Silent',
        'Goaway',
        'Retry',
        'Wake',
        'Freeze',
        'Pause',
        'Resume',
        'NetworkDown',
        'NetworkUp',
        'Release',
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...inputs) },
  ),
  behind: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
  code: fc.constantFrom(1000, 1001, 1006, 4100, 4103, 4107, 4110, 4112, 4999),
  passed: fc.constantFrom(0, 100, MIN_UPTIME - 1, MIN_UPTIME, 100_000),
});

const inputOf = ({ _tag, behind, code }: Move, { epoch }: Machine): Input => {
  switch (_tag) {
    case 'Opened':
    case 'Silent':
      return { _tag, epoch: epoch - behind };
    case 'Lost':
      return { _tag, epoch: epoch - behind, reason: { code, reason: '' } };
    case 'Unusable':
      return { _tag, epoch: epoch - behind, error: new InvalidArgument('server') };
    default:
      return { _tag };
  }
};

/** What exists outside of the machine, as its effects make and end it. */
interface World {
  readonly sockets: number;
  readonly timers: number;
}

const carryOut = (world: World, effect: Effect): World => {
  switch (effect._tag) {
    case 'Dial':
      return { ...world, sockets: world.sockets + 1 };
    case 'Hangup':
      return { ...world, sockets: world.sockets - 1 };
    case 'Wait':
      return { ...world, timers: world.timers + 1 };
    case 'StopWaiting':
      return { ...world, timers: world.timers - 1 };
    default:
      return world;
  }
};

/** What the world does by itself: a socket that is lost is gone, a timer that fires has fired. */
const happen = (world: World, input: Input, machine: Machine): World => {
  const current = 'epoch' in input && input.epoch === machine.epoch;
  if ((input._tag === 'Lost' || input._tag === 'Unusable') && current) return { ...world, sockets: 0 };
  return input._tag === 'Due' && machine.state._tag === 'Scheduled' ? { ...world, timers: 0 } : world;
};

interface Visit {
  readonly before: Machine;
  readonly input: Input;
  readonly after: Transition;
  readonly world: World;
}

/**
 * Runs a schedule; moves that the world could not make (a timer that isn't there, a socket that is gone) are left out.
 */
const run = (moves: readonly Move[]): Visit[] => {
  const visits: Visit[] = [];
  let machine = initial;
  let world: World = { sockets: 0, timers: 0 };
  let elapsed = 0;
  for (const next of moves) {
    elapsed += next.passed;
    const input = inputOf(next, machine);
    if (input._tag === 'Due' && world.timers === 0) continue;
    if ('epoch' in input && input.epoch === machine.epoch && world.sockets === 0) continue;
    // That no address can ever work is known before one is dialled.
    if (input._tag === 'Unusable' && machine.state._tag === 'Connected') continue;
    const environment: Environment = { now: 1_000 + elapsed, elapsed, random: () => 0.5 };
    const after = step(machine, input, environment);
    world = after.effects.reduce(carryOut, happen(world, input, machine));
    visits.push({ before: machine, input, after, world });
    machine = after.machine;
  }
  return visits;
};

const schedules = fc.array(move, { maxLength: 60 });
const always = (check: (visit: Visit) => void): void => {
  fc.assert(
    fc.property(schedules, (moves) => {
      run(moves).forEach(check);
    }),
    { numRuns: 500 },
  );
};

describe('the machine, for any schedule of inputs', () => {
  it('has exactly one socket in the states that need one, and none in the others', () => {
    always(({ after, world }) => {
      const needed = ['Connecting', 'Retrying', 'Connected'].includes(after.machine.state._tag);
      expect(world.sockets, after.machine.state._tag).toBe(needed ? 1 : 0);
    });
  });

  it('has exactly one timer in the state Scheduled, and none in the others', () => {
    always(({ after, world }) => {
      expect(world.timers, after.machine.state._tag).toBe(after.machine.state._tag === 'Scheduled' ? 1 : 0);
    });
  });

  it('never leaves Closed and Failed', () => {
    always(({ before, after }) => {
      if (before.state._tag === 'Closed' || before.state._tag === 'Failed') expect(after.machine).toBe(before);
    });
  });

  it('changes only to states that the table lists', () => {
    always(({ before, input, after }) => {
      const { to } = table[before.state._tag][input._tag];
      if (after.machine.state !== before.state) expect(to).toContain(after.machine.state._tag);
    });
  });

  it('ignores inputs of a socket that is not the newest', () => {
    always(({ before, input, after }) => {
      if ('epoch' in input && input.epoch !== before.epoch)
        expect(after).toEqual({ machine: before, events: [], effects: [] });
    });
  });

  it('emits schedule and retry events with the numbers of its state', () => {
    always(({ after: { machine, events } }) => {
      for (const event of events) {
        if (event._tag === 'schedule')
          expect(machine.state).toMatchObject({ _tag: 'Scheduled', attempt: event.attempt, delay: event.delay });
        if (event._tag === 'retry') expect(machine.state).toEqual({ _tag: 'Retrying', attempt: event.attempt });
      }
    });
  });

  it('waits as long as the backoff says for the attempt', () => {
    always(({ after: { machine } }) => {
      if (machine.state._tag !== 'Scheduled') return;
      expect(machine.state.delay).toBe(Math.min(300_000, 1_000 * 2 ** machine.state.attempt));
    });
  });

  it('resets the attempt counter only after a connection that lasted', () => {
    always(({ before, after, input }) => {
      if (before.state._tag !== 'Connected' || after.machine.state._tag !== 'Scheduled') return;
      expect(['Lost', 'Silent', 'Goaway']).toContain(input._tag);
      const { attempt } = after.machine.state;
      expect([0, before.attempt]).toContain(attempt);
    });
  });

  it('forgets what was told of the network and the page when nobody listens any more', () => {
    always(({ before, input, after: { machine } }) => {
      if (input._tag === 'Release' && machine.state._tag === 'Idle')
        expect(machine).toMatchObject({ network: true, frozen: false, paused: before.paused });
    });
  });

  it('leaves Offline when it is asked to, unless the application has paused it', () => {
    always(({ before, input, after: { machine } }) => {
      if (before.state._tag === 'Offline' && input._tag === 'Retry')
        expect(machine.state).toEqual(
          before.paused ? { _tag: 'Offline', reason: 'paused' } : { _tag: 'Retrying', attempt: 0 },
        );
    });
  });

  it('asks in Connected when it wakes up, and judges nothing', () => {
    always(({ before, input, after }) => {
      if (before.state._tag !== 'Connected' || (input._tag !== 'Wake' && input._tag !== 'Retry')) return;
      expect(after).toEqual({ machine: before, events: [], effects: [{ _tag: 'Probe' }] });
    });
  });

  it('is Offline exactly while something stands in the way, in a state that is wanted', () => {
    always(({ after: { machine } }) => {
      const { state, paused, frozen, network } = machine;
      if (['Idle', 'Closed', 'Failed'].includes(state._tag)) return;
      expect(state._tag === 'Offline').toBe(paused || frozen || !network);
    });
  });

  it('reaches every state, and uses every cell of the table that changes the state', () => {
    const reached = new Set<StateTag>(['Idle']);
    const used = new Set<string>();
    for (const moves of fc.sample(schedules, { numRuns: 30_000, seed: 1 })) {
      for (const { before, input, after } of run(moves)) {
        reached.add(after.machine.state._tag);
        if (after.machine.state !== before.state)
          used.add(`${before.state._tag} ${input._tag} ${after.machine.state._tag}`);
      }
    }
    const places = states.flatMap((state) =>
      inputs.flatMap((input) => table[state][input].to.map((to) => `${state} ${input} ${to}`)),
    );
    expect([...reached].sort()).toEqual([...states].sort());
    expect(places.filter((place) => !used.has(place))).toEqual([]);
  });
});

describe('the machine', () => {
  const at = (elapsed: number): Environment => ({ now: elapsed, elapsed, random: () => 0.5 });
  const follow = (...inputs: readonly (readonly [elapsed: number, input: Input])[]): Machine =>
    inputs.reduce((machine, [elapsed, input]) => step(machine, input, at(elapsed)).machine, initial);
  const lost = (epoch: number, code = 1006): Input => ({ _tag: 'Lost', epoch, reason: { code, reason: '' } });

  it('resets the attempt counter after a connection that lasted minUptime, not after a shorter one', () => {
    const flapping = follow(
      [0, { _tag: 'Open' }],
      [0, { _tag: 'Opened', epoch: 1 }],
      [1, lost(1)],
      [2, { _tag: 'Due' }],
      [3, { _tag: 'Opened', epoch: 2 }],
    );
    expect(step(flapping, lost(2), at(MIN_UPTIME + 2)).machine.state).toMatchObject({ attempt: 1 });
    expect(step(flapping, lost(2), at(MIN_UPTIME + 3)).machine.state).toMatchObject({ attempt: 0 });
  });

  it('comes back online only when the pause is over and the network is back', () => {
    const both = follow([0, { _tag: 'Open' }], [0, { _tag: 'Pause' }], [0, { _tag: 'NetworkDown' }]);
    expect(both.state).toEqual({ _tag: 'Offline', reason: 'paused' });
    const resumed = step(both, { _tag: 'Resume' }, at(1));
    expect(resumed).toMatchObject({
      machine: { state: { _tag: 'Offline', reason: 'network' } },
      events: [],
      effects: [],
    });
    expect(step(resumed.machine, { _tag: 'NetworkUp' }, at(2)).events.map(({ _tag }) => _tag)).toEqual([
      'online',
      'schedule',
    ]);
  });

  it('keeps what was told of the network if it is asked for a connection while it is paused', () => {
    const both = follow([0, { _tag: 'Open' }], [0, { _tag: 'Pause' }], [0, { _tag: 'NetworkDown' }]);
    expect(step(both, { _tag: 'Retry' }, at(1)).machine).toEqual(both);
  });

  it.each([4100, 4103, 4110])('gives up at close code %i, and says what to do', (code) => {
    const connected = follow([0, { _tag: 'Open' }], [0, { _tag: 'Opened', epoch: 1 }]);
    const { machine, events } = step(connected, lost(1, code), at(1));
    expect(machine.state).toMatchObject({ _tag: 'Failed', error: { _tag: 'ServerRejected', code } });
    expect(events).toEqual([{ _tag: 'disconnect', reason: { code, reason: '' } }]);
  });

  it.each([1000, 1001, 1005, 1006, 1012, 4102, 4107, 4108, 4109, 4111, 4112, 4113, 4200, 4999])(
    'reconnects after close code %i',
    (code) => {
      const connected = follow([0, { _tag: 'Open' }], [0, { _tag: 'Opened', epoch: 1 }]);
      expect(step(connected, lost(1, code), at(1)).machine.state).toMatchObject({
        _tag: 'Scheduled',
        reason: { code },
      });
    },
  );

  it('does not give up for a fatal code before it was connected: another address may work', () => {
    const connecting = follow([0, { _tag: 'Open' }]);
    expect(step(connecting, lost(1, 4100), at(1)).machine.state._tag).toBe('Scheduled');
  });
});

describe('a fatal close code', () => {
  const failed = (code: number, reason: string): unknown => {
    const environment: Environment = { now: 5, elapsed: 5, random: () => 0 };
    const dialling = step(initial, { _tag: 'Open' }, environment).machine;
    const open = step(dialling, { _tag: 'Opened', epoch: dialling.epoch }, environment).machine;
    return step(open, { _tag: 'Lost', epoch: open.epoch, reason: { code, reason } }, environment).machine.state;
  };

  it('says what the code means and what to do', () => {
    expect(failed(4100, '')).toMatchObject({
      _tag: 'Failed',
      error: {
        _tag: 'ServerRejected',
        code: 4100,
        reason: 'APP_NOT_AVAILABLE',
        detail: expect.stringContaining('appId') as string,
      },
    });
  });
});
