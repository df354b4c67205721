/** What happens in the model of delivery: random worlds, and random steps in them. */
import fc from 'fast-check';
import type { Fault } from '../faults/proxy.js';

/** The clients of the devices. The first client has two. Devices with an even index have an outbox. */
export const DEVICES = ['a', 'b', 'c', 'a'] as const;

export type Place = 'group' | 'pair';

export type Step =
  | { readonly what: 'say'; readonly device: number; readonly where: Place; readonly times: number }
  | { readonly what: 'edit' | 'recall' | 'read'; readonly device: number; readonly where: Place }
  | { readonly what: 'leave' | 'enter'; readonly device: number; readonly where: 'group' }
  | { readonly what: 'fault'; readonly device: number; readonly fault: Fault }
  | { readonly what: 'restart' }
  | { readonly what: 'kick'; readonly device: number }
  | { readonly what: 'step'; readonly hours: number }
  | { readonly what: 'wait'; readonly ms: number };

export interface World {
  /** The minimum number of messages that the server keeps for each conversation. */
  readonly kept: number;
  readonly catchUpLimit: number;
  readonly historyPerMinute: number;
  /** How long a message may wait in an outbox, ms. 0 means without a limit. */
  readonly maxAge: number;
  /**
   * How long a command waits for its answer, ms. It may be shorter than the time until a dead connection is noticed.
   */
  readonly commandTimeout: number;
}

const device = fc.integer({ min: 0, max: DEVICES.length - 1 });
const where = fc.constantFrom<Place>('group', 'group', 'pair');
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>(
    { _tag: 'Cut' },
    { _tag: 'CutInFrame' },
    { _tag: 'HalfOpen' },
    { _tag: 'LoseAnswers' },
    { _tag: 'LoseRequests' },
  ),
  fc.record({ _tag: fc.constant('Close' as const), code: fc.constantFrom(1000, 1001, 1011, 1012, 4107) }),
  fc.record({ _tag: fc.constant('Delay' as const), ms: fc.integer({ min: 1, max: 15 }) }),
  fc.record({ _tag: fc.constant('Throttle' as const), bytesPerSecond: fc.integer({ min: 20_000, max: 200_000 }) }),
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({ what: fc.constant('say' as const), device, where, times: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constantFrom('edit' as const, 'recall' as const, 'read' as const),
        device,
        where,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constantFrom('leave' as const, 'enter' as const),
        device,
        where: fc.constant('group' as const),
      }),
    },
    { weight: 8, arbitrary: fc.record({ what: fc.constant('fault' as const), device, fault }) },
    { weight: 1, arbitrary: fc.constant<Step>({ what: 'restart' }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('kick' as const), device }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('step' as const), hours: fc.constantFrom(-2, -1, 1, 2) }) },
    { weight: 4, arbitrary: fc.record({ what: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 12 }) }) },
  ),
  { minLength: 5, maxLength: 30 },
);

export const worlds: fc.Arbitrary<World> = fc.record({
  kept: fc.constantFrom(100_000, 100_000, 6),
  // Pages are not larger than this. Small pages allow breaks between them.
  catchUpLimit: fc.constantFrom(1_000, 7, 3),
  historyPerMinute: fc.constantFrom(Infinity, Infinity, 20),
  maxAge: fc.constantFrom(0, 0, 40),
  commandTimeout: fc.constantFrom(400, 400, 30),
});
