/** A wire over NATS: its core, so what is published while a connection is broken is lost. */
import type * as Nats from '@nats-io/transport-node';
import { pause } from './timing.js';
import { guardedReceive, type OpenWire } from './wire.js';

/** How often the connection is looked at, ms. After three times without an answer it is taken for broken. */
const PING = 1_000;
const MOST_PINGS = 2;
/** The time between two tries to connect, ms. */
const BETWEEN_TRIES = 250;
/** The same, while there was no connection yet. */
const BETWEEN_FIRST_TRIES = 1_000;
const FIRST_TIMEOUT = 5_000;
/** Bytes that may be on their way. What is published beyond is lost, and read from the store. */
const MOST_UNCONFIRMED = 32 * 1_024 * 1_024;

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

const loadNats = async (): Promise<typeof Nats> => {
  try {
    return await import('@nats-io/transport-node');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Error('NATS needs the package @nats-io/transport-node: run "npm install @nats-io/transport-node@3"', {
      cause: error,
    });
  }
};

/** Addresses as the client takes them. Users and passwords, and whether there is TLS, are options of their own. */
export interface NatsPlace {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly hasTls: boolean;
}

/** Reads addresses, apart by commas; undefined if one is none. */
export const natsPlaceOf = (text: string): NatsPlace | undefined => {
  const urls = text.split(',').map((part) => part.trim());
  if (!urls.every((url) => /^(?:nats|tls):\/\/[^/]/.test(url) && URL.canParse(url))) return undefined;
  const parsed = urls.map((url) => new URL(url));
  if (parsed.some(({ pathname, search, hash }) => !/^\/?$/.test(pathname) || search !== '' || hash !== ''))
    return undefined;
  const named = parsed.find(({ username }) => username !== '');
  const [user, pass] = [decodeURIComponent(named?.username ?? ''), decodeURIComponent(named?.password ?? '')];
  return {
    servers: parsed.map(({ host }) => host),
    hasTls: parsed.some(({ protocol }) => protocol === 'tls:'),
    ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
  };
};

/** The texts of an address that no log may show. */
export const natsSecretsIn = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => URL.canParse(part))
    .flatMap((part) => {
      const { username, password } = new URL(part);
      const secret = password === '' ? username : password;
      return secret === '' ? [] : [...new Set([secret, decodeURIComponent(secret)])];
    });

/** Why there is no connection. The client's own error may say nothing: what it stands for is its cause. */
const whyOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return whyOf(error.cause);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return code ?? error.message;
};

/** The user or the password is wrong: that does not mend itself. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && (/authori[sz]ation|authentication/i.test(error.message) || isRefused(error.cause));

/** A subscription, which each connection gets. */
interface Listening {
  readonly subject: string;
  readonly receive: (text: string) => void;
  active: Nats.Subscription | undefined;
}

/**
 * Listens to NATS. `url`: one address or several, apart by commas. If it can't be reached at first, that is a break,
 * and it is tried again. Rejects if NATS takes no such user.
 */
export const natsWire =
  (url: string, name: string): OpenWire =>
  async ({ onBreak, report }) => {
    const place = natsPlaceOf(url);
    if (place === undefined)
      throw new TypeError('nats: it takes an address such as nats://host:4222, or several, apart by commas');
    const { connect } = await loadNats();
    const { servers, hasTls, ...user } = place;
    const where = servers.join(', ');
    const state = { isClosed: false, breaks: 0, published: 0, confirmed: 0 };
    const all = new Set<Listening>();
    let connection: Nats.NatsConnection | undefined;

    const broke = (): void => {
      state.breaks += 1;
      onBreak();
    };

    const listenOn = (on: Nats.NatsConnection, listening: Listening): void => {
      const guarded = guardedReceive(listening.receive, report);
      listening.active = on.subscribe(listening.subject, {
        callback: (error, message) => {
          if (error !== null) report(error);
          else guarded(message.string());
        },
      });
    };

    const watch = async (on: Nats.NatsConnection): Promise<void> => {
      for await (const { type } of on.status())
        if (!state.isClosed && ['disconnect', 'staleConnection', 'slowConsumer', 'error'].includes(type)) broke();
    };

    const connected = async (): Promise<void> => {
      const next = await connect({
        servers: [...servers],
        name: `rx-realtime ${name}`,
        ...user,
        ...(hasTls ? { tls: {} } : {}),
        noEcho: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: BETWEEN_TRIES,
        pingInterval: PING,
        maxPingOut: MOST_PINGS,
        timeout: FIRST_TIMEOUT,
        ignoreAuthErrorAbort: true,
      });
      if (state.isClosed) {
        await next.close();
        return;
      }
      connection = next;
      for (const listening of all) listenOn(next, listening);
      void watch(next).catch(report);
      void next.closed().then((error) => {
        if (state.isClosed) return;
        report(new Error(`NATS at ${where}: the connection is closed for good`, { cause: error }));
        broke();
      });
    };

    const again = async (): Promise<void> => {
      while (connection === undefined && !state.isClosed) {
        await pause(BETWEEN_FIRST_TRIES);
        // It is said once.
        await connected().catch(() => undefined);
      }
    };

    try {
      await connected();
    } catch (error) {
      if (isRefused(error))
        throw new Error(`NATS at ${where}: it takes no such user, or not this password`, { cause: error });
      report(
        new Error(`NATS at ${where}: ${whyOf(error)}; until it is there, messages between servers come late`, {
          cause: error,
        }),
      );
      broke();
      void again();
    }

    return {
      name: `NATS at ${where}`,
      publish: (subject, text) => {
        const size = Buffer.byteLength(text);
        if (connection === undefined || state.published + size - state.confirmed > MOST_UNCONFIRMED) {
          broke();
          return;
        }
        try {
          connection.publish(subject, text);
          state.published += size;
        } catch (error) {
          broke();
          report(error);
        }
      },
      subscribe: async (subject, receive) => {
        const listening: Listening = { subject, receive, active: undefined };
        all.add(listening);
        if (connection !== undefined) {
          listenOn(connection, listening);
          // While the connection is broken, the subscription is known as soon as there is one: that is a break.
          await connection.flush().catch(broke);
        }
        return () => {
          all.delete(listening);
          try {
            listening.active?.unsubscribe();
          } catch (error) {
            if (!state.isClosed) report(error);
          }
        };
      },
      confirm: async () => {
        if (connection === undefined) throw new Error(`there is no connection to NATS at ${where}`);
        const { breaks, published } = state;
        await connection.flush();
        state.confirmed = Math.max(state.confirmed, published);
        if (state.breaks !== breaks) throw new Error(`the connection to NATS at ${where} has broken`);
      },
      close: async () => {
        state.isClosed = true;
        await connection?.close().catch(report);
      },
    };
  };
