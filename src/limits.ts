/** How much a client keeps of what a server sends and nobody has taken yet. A hostile server can't fill it. */
export interface ClientLimits {
  /**
   * Events of conversations that are being looked up or caught up wait, and so do events behind a message that a
   * plugin reads: at most so many of each kind, of all conversations. What does not fit is dropped: messages are
   * a `Gap`, and it is the fault `Overflow`. Default 10,000.
   */
  readonly waiting?: number;
  /** The same, in bytes. Default 16 MiB. */
  readonly waitingBytes?: number;
  /**
   * The conversations that a client knows. Events of further conversations are dropped, and are the fault `Overflow`.
   * Default 100,000.
   */
  readonly conversations?: number;
  /**
   * Messages are held from the login until somebody subscribes to messages: at most so many. If there are more, the
   * oldest are dropped: they are a `Gap`, and the fault `Overflow`. Default 1,000.
   */
  readonly held?: number;
  /** The same, in bytes. Default 4 MiB. */
  readonly heldBytes?: number;
}

const MIB = 1_048_576;

/** The limits with their defaults. */
export const limitsOf = (given: ClientLimits = {}): Required<ClientLimits> => ({
  waiting: 10_000,
  waitingBytes: 16 * MIB,
  conversations: 100_000,
  held: 1_000,
  heldBytes: 4 * MIB,
  ...given,
});
