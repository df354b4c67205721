/**
 * The address that an application gives, and the addresses that follow from it. The text is read here, because the
 * `URL` of some platforms is missing or incomplete.
 */
import { InvalidArgument } from '../errors.js';

/** An address of a server or of a router. */
export interface Address {
  /** `http` for a router and for an API, `ws` for a server. */
  readonly scheme: 'ws' | 'http';
  readonly isSecure: boolean;
  /** The host in lower case, with its port. */
  readonly authority: string;
  /** The path without a slash at its end. */
  readonly prefix: string;
  /** Whether the path ends with a slash. */
  readonly hasSlash: boolean;
  /** The query with its question mark, or nothing. */
  readonly query: string;
}

/** Scheme, authority, path, query. A fragment is not sent to a server, so it is left out. */
const PARTS = /^(?:(?:([a-z][a-z\d+.-]*):)?\/\/)?([^/?#]*)([^?#]*)(\?[^#]*)?/i;

/** The host, in brackets if it is an IPv6 address, and the port. */
const HOST = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;

const isIpv4 = (host: string): boolean =>
  /^\d+\.\d+\.\d+\.\d+$/.test(host) && host.split('.').every((part) => part === String(Number(part)) && +part < 256);

const isIpv6 = (host: string): boolean => {
  const [, hex, dotted = ''] = /^(.*:)(\d+\.[\d.]+)$/.exec(host) ?? [];
  if (hex !== undefined && !isIpv4(dotted)) return false;
  const halves = (hex === undefined ? host : `${hex}0:0`).split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  return (
    groups.every((group) => /^[\da-f]{1,4}$/.test(group)) &&
    (halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8)
  );
};

/** Whether the platform takes the host. A host whose last part is a number has to be an IPv4 address. */
const isHost = (host: string): boolean =>
  host.startsWith('[')
    ? isIpv6(host.slice(1, -1))
    : host !== '' && !/[%"'`<>^{|}]/.test(host) && (!/(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/.test(host) || isIpv4(host));

/** An address of this machine. Without a scheme it needs no TLS. */
const LOOPBACK = /^(?:localhost|127\.[\d.]+|\[::1\])(?::|$)/;

/** The path of the router's lookup, which some write out. */
const ROUTE = /\/v1\/route$/;

/** What is shown of an address in an error: no credentials, no query, and not too much. */
const shown = (text: unknown): string =>
  typeof text === 'string'
    ? JSON.stringify(text.replace(/.*@/s, '…@').replace(/\?.*/s, '?…').slice(0, 100))
    : String(text);

/**
 * Reads an address: `ws:`, `wss:`, `http:` or `https:`, a host, a port, a path and a query. Spaces around it are left
 * out. Without a scheme it is `wss:`, or `ws:` for this machine. Throws `InvalidArgument`, which begins with `name`
 * and says what is wrong.
 */
export const readAddress = (name: string, text: unknown): Address => {
  const refuse = (problem: string): never => {
    throw new InvalidArgument(
      `${name} ${problem}, but is ${shown(text)}; write ws://host:port/path or https://host/path`,
    );
  };
  if (typeof text !== 'string' || text.trim() === '') return refuse('should be an address');
  const trimmed = text.trim();
  // Platforms disagree about these characters.
  if (/[\s\\\u0000-\u001f\u007f]/.test(trimmed)) return refuse('should have no spaces and no backslashes');
  const [, given, authority = '', path = '', query = ''] = PARTS.exec(trimmed) ?? [];
  const scheme = given?.toLowerCase();
  if (scheme !== undefined && !/^(?:ws|http)s?$/.test(scheme)) return refuse(`should not begin with ${scheme}:`);
  if (authority.includes('@')) return refuse('should hold no user name and no password, which browsers do not send');
  const [, host = '', port = ''] = HOST.exec(authority.toLowerCase()) ?? [];
  // A colon without a port is left over from a scheme, as in `ws:/host`.
  if (!isHost(host) || (scheme === undefined && authority.endsWith(':')))
    return refuse(
      /:.*:/.test(authority) && !authority.startsWith('[')
        ? 'should have an IPv6 address in brackets, such as ws://[::1]:6400'
        : 'should have a host, such as chat.example.com or 127.0.0.1',
    );
  if (port !== '' && (+port < 1 || +port > 65_535)) return refuse('should have a port from 1 to 65535');
  const place = port === '' ? host : `${host}:${+port}`;
  const isHttp = scheme?.startsWith('http') === true;
  return {
    scheme: isHttp ? 'http' : 'ws',
    isSecure: scheme === undefined ? !LOOPBACK.test(place) : /[ps]s$/.test(scheme),
    authority: place,
    prefix: path.replace(/\/+$/, '').replace(isHttp ? ROUTE : '', ''),
    hasSlash: path === '' || path.endsWith('/'),
    query: query === '?' ? '' : query,
  };
};

const schemeOf = (scheme: Address['scheme'], { isSecure }: Address): string => `${scheme}${isSecure ? 's' : ''}://`;

/** The address of the server's socket. */
export const socketUrl = (address: Address): string =>
  `${schemeOf('ws', address)}${address.authority}${address.prefix}${address.hasSlash ? '/' : ''}${address.query}`;

/**
 * Throws `InvalidArgument` if an address that was given beside a server with TLS has no TLS: it would take tokens out
 * of TLS. On this machine it needs none.
 */
export const checkTls = (name: string, address: Address, server: Address): void => {
  if (server.isSecure && !address.isSecure && !LOOPBACK.test(address.authority))
    throw new InvalidArgument(`${name} should begin with https:, because the server has TLS`);
};

/** The same address with TLS. */
export const withTls = (address: Address): Address => ({ ...address, isSecure: true });

/**
 * The address of a path below an address, for HTTP. `path` begins with a slash, and may have a query, which follows
 * that of the address.
 */
export const httpUrl = (address: Address, path: string): string => {
  const [below = '', own] = path.split('?', 2);
  const query = own === undefined ? address.query : `${address.query === '' ? '?' : `${address.query}&`}${own}`;
  return `${schemeOf('http', address)}${address.authority}${address.prefix}${below}${query}`;
};
