/** Every error that a command can fail with. Tell them apart by `_tag`, never by `instanceof`. */
import type { DecodeFailed } from '../codecs/index.js';
import { reasonOf } from './thrown.js';

/** What the errors of the SDK share: a tag that tells them apart. The name is the same text. */
abstract class TaggedError<Tag extends string> extends Error {
  override readonly name: Tag;

  constructor(
    readonly _tag: Tag,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = _tag;
  }
}

/**
 * There is no connection, or the connection broke before the command was written. The server has not received the
 * command. It is safe to send it again.
 */
export class ConnectionLost extends TaggedError<'ConnectionLost'> {
  constructor(
    /** What happened, as text. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super('ConnectionLost', `not connected: ${reason}`, options);
  }
}

/** The server did not answer in time. It is unknown whether the server has executed the command. */
export class CommandTimeout extends TaggedError<'CommandTimeout'> {
  constructor(
    /** The command, for example `conv/query`. */
    readonly command: string,
    /** The time limit that has passed, ms. */
    readonly waited: number,
  ) {
    super(
      'CommandTimeout',
      `the server did not answer ${command} within ${waited} ms; raise commandTimeout if it is known to be slow`,
    );
  }
}

/**
 * The connection broke after the command was written and before the answer arrived. It is unknown whether the server
 * has executed the command.
 */
export class Unconfirmed extends TaggedError<'Unconfirmed'> {
  constructor(
    /** The command, for example `direct`. */
    readonly command: string,
    options?: ErrorOptions,
  ) {
    super(
      'Unconfirmed',
      `the connection broke before the answer to ${command} arrived; subscribing to the same command again can't double it`,
      options,
    );
  }
}

/** The server refused the command. */
export class ServerRejected extends TaggedError<'ServerRejected'> {
  constructor(
    /** The error code of the protocol, for example 4401. */
    readonly code: number,
    /** The symbolic name of the code, for example `INVALID_MESSAGING_TARGET`. */
    readonly reason: string,
    /** An explanation for people. Missing if the server gives none. */
    readonly detail?: string,
    /** The code of the application. Missing unless a hook of the application has refused the command. */
    readonly appCode?: number,
  ) {
    super('ServerRejected', `the server refused: ${code} ${reason}${detail === undefined ? '' : `, ${detail}`}`);
  }
}

/** The signature factory threw, did not answer in time, or returned a value that is no signature. */
export class SignatureFailed extends TaggedError<'SignatureFailed'> {
  constructor(
    /** What is wrong, as text. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      'SignatureFailed',
      `no usable signature: ${reason}; a signature factory returns { signature, timestamp, nonce }`,
      options,
    );
  }
}

/** The client was logged out, displaced or kicked. Log in again to get a new client. */
export class SessionClosed extends TaggedError<'SessionClosed'> {
  constructor(
    /** 0: logged out. 4111: displaced by a login with the same tag. 4115: kicked. Others: the code of the server. */
    readonly code: number,
    /** The symbolic name of the code. */
    readonly reason: string,
  ) {
    super('SessionClosed', `this client is closed (${code} ${reason}); log in again to get a new one`);
  }
}

/** An argument has a value that it must not have. Nothing was sent. */
export class InvalidArgument extends TaggedError<'InvalidArgument'> {
  constructor(
    /** The name of the argument, and what it should be. */
    readonly what: string,
    options?: ErrorOptions,
  ) {
    super('InvalidArgument', what, options);
  }
}

/** The outbox has reached one of its bounds and did not accept the message. Nothing was sent. */
export class OutboxFull extends TaggedError<'OutboxFull'> {
  constructor(
    /** The bound, for example `500 messages`. */
    readonly bound: string,
  ) {
    super('OutboxFull', `the outbox is full (${bound}): wait until some have been sent, or raise the bound`);
  }
}

/** The storage of the outbox could not keep the message, so the outbox did not accept it. Nothing was sent. */
export class StorageFailed extends TaggedError<'StorageFailed'> {
  constructor(
    /** The error of the storage, as text. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super('StorageFailed', `the storage of the outbox failed: ${reason}`, options);
  }
}

/** The application discarded the message with `discard` before the server had confirmed it. */
export class Discarded extends TaggedError<'Discarded'> {
  constructor(
    /** The token of the message. */
    readonly token: string,
  ) {
    super('Discarded', `the message ${token} was discarded; if it had been written already, it may still arrive`);
  }
}

/** Every error that a command of this SDK can fail with. `_tag` tells them apart. */
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
  | StorageFailed
  | Discarded;

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
  'Discarded',
]);

const isRealtimeError = (error: unknown): error is RealtimeError =>
  error instanceof Error && '_tag' in error && tags.has(error._tag);

/**
 * A thrown value as an error of the SDK. Errors of the SDK stay the same. Other values come from code that the
 * application has passed in: a backoff function, a clock, an Observable. They become the `cause` of an
 * `InvalidArgument`.
 */
export const toRealtimeError = (error: unknown): RealtimeError =>
  isRealtimeError(error)
    ? error
    : new InvalidArgument(`code given to the realtime threw: ${reasonOf(error)}`, { cause: error });
