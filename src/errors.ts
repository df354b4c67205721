/** Every error that a command can fail with. Tell them apart by `_tag`, never by `instanceof`. */
import type { DecodeFailed } from '../codecs/index.js';

/** There is no connection, or it broke before the command was written. Nothing was sent; asking again is safe. */
export class ConnectionLost extends Error {
  readonly _tag = 'ConnectionLost';
  override readonly name = 'ConnectionLost';

  constructor(
    /** What happened, in words. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`not connected: ${reason}`, options);
  }
}

/** The server did not answer in time. Whether it carried the command out is not known. */
export class CommandTimeout extends Error {
  readonly _tag = 'CommandTimeout';
  override readonly name = 'CommandTimeout';

  constructor(
    /** Which command, as in `conv/query`. */
    readonly command: string,
    /** How long was waited, in ms. */
    readonly waited: number,
  ) {
    super(`the server did not answer ${command} within ${String(waited)} ms; raise commandTimeout if it is known to be slow`);
  }
}

/** The connection broke after the command was written and before its answer came: it may have been carried out, or not. */
export class Unconfirmed extends Error {
  readonly _tag = 'Unconfirmed';
  override readonly name = 'Unconfirmed';

  constructor(
    /** Which command, as in `direct`. */
    readonly command: string,
    options?: ErrorOptions,
  ) {
    super(`the connection broke before the answer to ${command} came; sending the same command object again cannot double it`, options);
  }
}

/** The server refused the command. */
export class ServerRejected extends Error {
  readonly _tag = 'ServerRejected';
  override readonly name = 'ServerRejected';

  constructor(
    /** The protocol's error code, as in 4401. */
    readonly code: number,
    /** The code's symbolic name, as in `INVALID_MESSAGING_TARGET`. */
    readonly reason: string,
    /** Words for people, where the server gives some. */
    readonly detail?: string,
    /** The application's own code, where a hook of its gave one. */
    readonly appCode?: number,
  ) {
    super(`the server refused: ${String(code)} ${reason}${detail === undefined ? '' : `, ${detail}`}`);
  }
}

/** The signature factory threw, never answered, or gave something that is no signature. */
export class SignatureFailed extends Error {
  readonly _tag = 'SignatureFailed';
  override readonly name = 'SignatureFailed';

  constructor(
    /** What is wrong with it. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`no usable signature: ${reason}; a signature factory answers with { signature, timestamp, nonce }`, options);
  }
}

/** The client is logged out, was displaced or kicked: log in again for a new one. */
export class SessionClosed extends Error {
  readonly _tag = 'SessionClosed';
  override readonly name = 'SessionClosed';

  constructor(
    /** 0 for a logout, 4111 displaced by a login with the same tag, 4115 kicked, or what the server says. */
    readonly code: number,
    readonly reason: string,
  ) {
    super(`this client is closed (${String(code)} ${reason}); log in again to get a new one`);
  }
}

/** An argument that can't be right. Nothing was sent. */
export class InvalidArgument extends Error {
  readonly _tag = 'InvalidArgument';
  override readonly name = 'InvalidArgument';

  constructor(
    /** Which argument, and what it should be. */
    readonly what: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}

/** The outbox is at one of its bounds, so the message was not taken. Nothing was sent. */
export class OutboxFull extends Error {
  readonly _tag = 'OutboxFull';
  override readonly name = 'OutboxFull';

  constructor(
    /** Which bound, as in `500 messages`. */
    readonly bound: string,
  ) {
    super(`the outbox is full (${bound}): wait until some have been sent, or raise the bound`);
  }
}

/** The storage of the outbox could not keep the message, so it was not taken. Nothing was sent. */
export class StorageFailed extends Error {
  readonly _tag = 'StorageFailed';
  override readonly name = 'StorageFailed';

  constructor(
    /** What the storage says. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`the storage of the outbox failed: ${reason}`, options);
  }
}

/** Everything that a command of this SDK can fail with. */
export type RealtimeError =
  | ConnectionLost
  | CommandTimeout
  | Unconfirmed
  | ServerRejected
  | DecodeFailed
  | SignatureFailed
  | SessionClosed
  | InvalidArgument
  | OutboxFull
  | StorageFailed;

const tags: ReadonlySet<unknown> = new Set<RealtimeError['_tag']>([
  'ConnectionLost',
  'CommandTimeout',
  'Unconfirmed',
  'ServerRejected',
  'DecodeFailed',
  'SignatureFailed',
  'SessionClosed',
  'InvalidArgument',
  'OutboxFull',
  'StorageFailed',
]);

const isRealtimeError = (error: unknown): error is RealtimeError => error instanceof Error && '_tag' in error && tags.has(error._tag);

/** What came out of an error channel as one of ours. Anything else was thrown by code that was handed to the SDK: a backoff function, a clock, an Observable. */
export const toRealtimeError = (error: unknown): RealtimeError =>
  isRealtimeError(error)
    ? error
    : new InvalidArgument(`something given to the realtime threw: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
