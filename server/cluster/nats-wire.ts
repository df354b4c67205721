/** A wire over NATS: its core, so what is published while a connection is broken is lost. */
import type * as Nats from '@nats-io/transport-node';
import { guardedReceive, type OpenWire } from './wire.js';

/** How often the connection is looked at, ms. After three times without an answer it is taken for broken. */
const PING = 1_000;
const MOST_PINGS = 2;
/** The time between two tries to connect, ms. */
const BETWEEN_TRIES = 250;
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

/** Listens to NATS. `url`: one address or several, apart by commas. */
export const natsWire =
  (url: string, name: string): OpenWire =>
  async ({ onBreak, report }) => {
    const place = natsPlaceOf(url);
    if (place === undefined)
      throw new TypeError('nats: it takes an address such as nats://host:4222, or several, apart by commas');
    const { connect } = await loadNats();
    const { servers, hasTls, ...user } = place;
    const where = servers.join(', ');
    const connection = await connect({
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
    }).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`NATS at ${where}: ${text}; is it running, and is the address right?`, { cause: error });
    });
    let isClosed = false;
    let breaks = 0;
    let published = 0;
    let confirmed = 0;

    const broke = (): void => {
      breaks += 1;
      onBreak();
    };

    const watch = async (): Promise<void> => {
      for await (const { type } of connection.status())
        if (!isClosed && ['disconnect', 'staleConnection', 'slowConsumer', 'error'].includes(type)) broke();
    };
    void watch().catch(report);
    void connection.closed().then((error) => {
      if (!isClosed) report(new Error(`NATS at ${where}: the connection is closed for good`, { cause: error }));
      if (!isClosed) broke();
    });

    return {
      name: `NATS at ${where}`,
      publish: (subject, text) => {
        const size = Buffer.byteLength(text);
        if (published + size - confirmed > MOST_UNCONFIRMED) {
          broke();
          return;
        }
        try {
          connection.publish(subject, text);
          published += size;
        } catch (error) {
          broke();
          report(error);
        }
      },
      subscribe: async (subject, receive) => {
        const guarded = guardedReceive(receive, report);
        const subscription = connection.subscribe(subject, {
          callback: (error, message) => {
            if (error !== null) report(error);
            else guarded(message.string());
          },
        });
        // While the connection is broken, the subscription is known as soon as there is one: that is a break.
        await connection.flush().catch(broke);
        return () => {
          try {
            subscription.unsubscribe();
          } catch (error) {
            if (!isClosed) report(error);
          }
        };
      },
      confirm: async () => {
        const [breaksBefore, before] = [breaks, published];
        await connection.flush();
        confirmed = Math.max(confirmed, before);
        if (breaks !== breaksBefore) throw new Error(`the connection to NATS at ${where} has broken`);
      },
      close: async () => {
        isClosed = true;
        await connection.close().catch(report);
      },
    };
  };
