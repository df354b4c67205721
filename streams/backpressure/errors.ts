/**
 * A queue that may not drop anything is full: its consumer is slower than its source, and the source can't be held,
 * or not for that long. Recognize it by `_tag`.
 */
export class Overflow extends Error {
  readonly _tag = 'Overflow';
  override readonly name = 'Overflow';

  constructor(
    /** The maximum number of waiting items. */
    readonly bound: number,
    /** Whether the source can be held. */
    readonly canPause: boolean,
  ) {
    super(
      `${String(bound)} items wait already and one more has come; ${
        canPause
          ? 'the source was paused, but goes on now and then: make the consumer faster, or raise `slack` or `maxPause`'
          : 'the source can’t be paused here (give `hold: realtime.hold`; in browsers, with `pausableWebSocket()`, where it is not undefined): use a strategy that gives something up'
      }`,
    );
  }
}

/** A strategy has a subscriber that can't say when it is ready for more items. Recognize it by `_tag`. */
export class NoDemand extends Error {
  readonly _tag = 'NoDemand';
  override readonly name = 'NoDemand';

  constructor(
    /** The name of the operator. */
    readonly operator: string,
  ) {
    super(
      `${operator} has no consumer that says when it is ready: let batch, sample or consume come right behind it, or give it to toAsyncIterable or toReadableStream; operators such as map belong before it`,
    );
  }
}

/** A consumer has no strategy before it that bounds the number of waiting items. Recognize it by `_tag`. */
export class NoStrategy extends Error {
  readonly _tag = 'NoStrategy';
  override readonly name = 'NoStrategy';

  constructor(
    /** The name of the operator. */
    readonly operator: string,
  ) {
    super(
      `${operator} is slower than its source may be, and nothing says what gives way then: put lossless, dropOldest, dropNewest, dropByPriority or conflate right before it`,
    );
  }
}
