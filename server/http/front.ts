/** The addresses at which clients reach the server, and the addresses that requests come from. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface FrontOptions {
  readonly publicUrl?: string | undefined;
  readonly trustedProxies?: readonly string[] | undefined;
  /** The address that the server listens on: `ws://host:port`, or `wss://host:port` if it has TLS itself. */
  readonly listening: () => string;
}

export interface Front {
  /** The address of sockets. `secure`: the client asks for one with TLS. */
  readonly socketUrl: (request: IncomingMessage, secure: boolean) => string;
  /** The address of a path for HTTP. The path begins with a slash. */
  readonly httpUrl: (request: IncomingMessage, path: string) => string;
  /** The network address of the client: a trusted proxy names it. */
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly isTrustedProxy: (address: string | undefined) => boolean;
  /** The path of the public address, which a proxy may pass on; without a slash at its end. */
  readonly prefix: string;
}

/** Where clients reach the server. */
interface Place {
  readonly isSecure: boolean;
  /** The host with its port. */
  readonly host: string;
  /** The path, with the slash at its end if it has one. */
  readonly path: string;
}

const publicPlace = (text: string): Place => {
  const wrong = (problem: string): RangeError =>
    new RangeError(`publicUrl: ${problem}, such as https://chat.example.com/im`);
  if (!/^(?:ws|http)s?:\/\/[^/]/i.test(text)) throw wrong('it should be a ws, wss, http or https address');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('it should be an address');
  }
  const { protocol, username, password, host, pathname, search, hash } = url;
  if (username !== '' || password !== '') throw wrong('it should hold no user name and no password');
  if (search !== '' || hash !== '') throw wrong('it should have no query and no fragment');
  return { isSecure: /^(?:wss|https):$/.test(protocol), host, path: pathname };
};

/** Proxies by their addresses and subnets, such as `10.0.0.0/8`. */
const proxyList = (proxies: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', bits, ...others] = proxy.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || !(length <= most) || others.length > 0)
      throw new RangeError(
        `trustedProxies: ${JSON.stringify(proxy)} should be an address, or a subnet such as 10.0.0.0/8`,
      );
    list.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
};

/** An IPv4 address that is written as an IPv6 address is an IPv4 address. */
const plain = (address: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');

/** An address in `X-Forwarded-For`, which may have a port; undefined if it is none. */
const addressIn = (text: string): string | undefined => {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : plain(bare);
};

const HOST = /^(?:\[[\da-f:.]{2,45}\]|[a-z\d_](?:[a-z\d._-]{0,252}[a-z\d])?\.?)(?::\d{1,5})?$/i;
const PREFIX = /^(?:\/[\w.~-]+)+$/;

const valuesOf = ({ headers }: IncomingMessage, name: string): readonly string[] =>
  String(headers[name] ?? '')
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');

const schemeOf = (scheme: 'ws' | 'http', { isSecure }: Place): string => `${scheme}${isSecure ? 's' : ''}://`;

/** The address of sockets at a public address. */
export const socketUrlOf = (publicUrl: string): string => {
  const place = publicPlace(publicUrl);
  return `${schemeOf('ws', place)}${place.host}${place.path === '/' ? '' : place.path}`;
};

/**
 * Reads `publicUrl` and `trustedProxies`. Throws a `RangeError` that names a wrong one. With `publicUrl`, no address
 * depends on the headers of a request. Headers of forwarding are read only if a trusted proxy has sent the request.
 */
export const createFront = ({ publicUrl, trustedProxies = [], listening }: FrontOptions): Front => {
  const given = publicUrl === undefined ? undefined : publicPlace(publicUrl);
  const proxies = proxyList(trustedProxies);

  const isTrustedProxy = (address: string | undefined): boolean => {
    if (address === undefined) return false;
    const own = plain(address);
    const family = isIP(own);
    return family !== 0 && proxies.check(own, family === 4 ? 'ipv4' : 'ipv6');
  };

  const placeOf = (request: IncomingMessage): Place => {
    if (given !== undefined) return given;
    const isForwarded = isTrustedProxy(request.socket.remoteAddress);
    const forwarded = (name: string): string | undefined => (isForwarded ? valuesOf(request, name)[0] : undefined);
    const host = [forwarded('x-forwarded-host'), request.headers.host].find(
      (name) => name !== undefined && HOST.test(name),
    );
    const prefix = forwarded('x-forwarded-prefix')?.replace(/\/+$/, '') ?? '';
    const own = new URL(listening());
    const scheme = forwarded('x-forwarded-proto');
    return {
      isSecure: scheme === undefined ? own.protocol === 'wss:' : /^(?:https|wss)$/i.test(scheme),
      host: host ?? own.host,
      path: PREFIX.test(prefix) ? `${prefix}/` : '/',
    };
  };

  return {
    prefix: given?.path.replace(/\/+$/, '') ?? '',
    isTrustedProxy,
    socketUrl: (request, secure) => {
      const place = placeOf(request);
      // The client has reached a router with TLS, so a proxy has it, even if the proxy does not tell.
      const scheme = schemeOf('ws', { ...place, isSecure: place.isSecure || (secure && given === undefined) });
      return `${scheme}${place.host}${place.path === '/' ? '' : place.path}`;
    },
    httpUrl: (request, path) => {
      const place = placeOf(request);
      return `${schemeOf('http', place)}${place.host}${place.path.replace(/\/+$/, '')}${path}`;
    },
    clientAddress: (request) => {
      let address = plain(request.socket.remoteAddress ?? '');
      // The nearest proxy has written the last address. Each is believed only if a trusted proxy has written it.
      for (const text of valuesOf(request, 'x-forwarded-for').toReversed()) {
        const next = isTrustedProxy(address) ? addressIn(text) : undefined;
        if (next === undefined) break;
        address = next;
      }
      return address;
    },
  };
};

/**
 * What an address is counted by. One client has a whole subnet of 64 bits of IPv6 addresses.
 */
export const countedAs = (address: string): string => {
  if (isIP(address) !== 6) return address;
  const [head, tail] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [first, last] = [head ?? [], tail ?? []];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
};
