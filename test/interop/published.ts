/**
 * The published clients, and the ways in which they reach a server. The suite runs in each way: every two of version,
 * frames, TLS and place come together.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import tls from 'node:tls';
import * as four from 'leancloud-realtime';
import * as five from 'leancloud-realtime-5';
import { onTestFinished, vi } from 'vitest';
import type { RtmServer, ServerOptions } from 'rx-realtime/server';
import { certificateFor } from '../cli/certificate.js';
import { isCluster, places, serverIn, type Place } from './places.js';

/** What a published client exports. The types of the older one are those of what these tests use. */
type Sdk = typeof four;

export interface Version {
  readonly version: '4.3.1' | '5.0.0-rc.8';
  readonly sdk: Sdk;
}

export const versions: readonly [Version, Version] = [
  { version: '4.3.1', sdk: four },
  { version: '5.0.0-rc.8', sdk: five as unknown as Sdk },
];

/** How a client and a server are connected. */
export interface Way extends Version, Place {
  /** Text frames instead of binary ones. */
  readonly noBinary: boolean;
  /** Whether the server has TLS. Then clients ask its router where it is, and use its HTTP API, both by HTTPS. */
  readonly isSecure: boolean;
  /** What a title says. */
  readonly way: string;
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const both = [false, true];

const allWays: readonly Way[] = versions.flatMap(({ version, sdk }, index) =>
  both.flatMap((noBinary) =>
    (hasOpenssl ? both : [false]).flatMap((isSecure) => {
      const at = places[(index + Number(noBinary) + Number(isSecure)) % places.length] ?? places[0];
      const way = `${version}, ${noBinary ? 'text' : 'binary'} frames, ${isSecure ? 'TLS' : 'no TLS'}, ${at.place}`;
      return [{ version, sdk, noBinary, isSecure, ...at, way }];
    }),
  ),
);

/** With one place, half of them have every two of version, frames and TLS. */
export const ways: readonly Way[] = allWays.filter(
  ({ version, noBinary, isSecure }) => !isCluster || (noBinary === isSecure) === (version === '4.3.1'),
);

let identity: ReturnType<typeof certificateFor> | undefined;

/** Starts a server for clients that come in this way. Until the test ends, this process trusts its certificate. */
export const serverFor = async (way: Way, options: ServerOptions = {}): Promise<RtmServer> => {
  if (!way.isSecure) return serverIn(way, options);
  const own = (identity ??= certificateFor('interop'));
  const { connect } = tls;
  const trusting = vi
    .spyOn(tls, 'connect')
    .mockImplementation(
      (first: unknown, ...rest: readonly unknown[]) =>
        Reflect.apply(connect, tls, [
          typeof first === 'object' ? { ...first, ca: own.cert } : first,
          ...rest,
        ]) as tls.TLSSocket,
    );
  onTestFinished(() => trusting.mockRestore());
  return serverIn(way, { ...options, tls: own });
};

/** The HTTP API as the published client asks it. */
interface TheirRequest {
  readonly method: string;
  readonly path: string;
  readonly version?: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The HTTP API of the older one is over HTTPS only. Without TLS, the same requests go over HTTP. */
const withoutTls = (realtime: four.Realtime, server: RtmServer): four.Realtime =>
  Object.assign(realtime, {
    _request: async ({ method, path, version = '1.1', query = {}, headers = {} }: TheirRequest): Promise<unknown> => {
      const asText = Object.entries(query).map(([key, value]): [string, string] => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]);
      const address = `${server.url.replace('ws', 'http')}/${version}${path}?${new URLSearchParams(asText).toString()}`;
      const response = await fetch(address, { method, headers });
      if (!response.ok) throw new Error(`${address} answered with ${String(response.status)}`);
      return response.json();
    },
  });

type Options = Partial<ConstructorParameters<typeof four.Realtime>[0]>;

/** Each has its own app id, unless one is given: the published client allows one instance for each app in a process. */
export const publishedRealtime = (
  { sdk, version, noBinary, isSecure }: Pick<Way, 'sdk' | 'version' | 'noBinary' | 'isSecure'>,
  server: RtmServer,
  options: Options = {},
): four.Realtime => {
  const host = `localhost:${server.port}`;
  const isOlder = version === '4.3.1';
  const api = isSecure ? `https://${host}` : `http://${host}`;
  const realtime = new sdk.Realtime({
    appId: `${randomUUID()}-MdYXbMMI`,
    appKey: 'key',
    noBinary,
    // The older one puts https:// in front of what it is given.
    server: isOlder ? host : api,
    // The newer one can ask a router without TLS.
    ...(isSecure ? {} : isOlder ? { RTMServers: server.url } : { ssl: false }),
    ...options,
  });
  return isSecure || !isOlder ? realtime : withoutTls(realtime, server);
};
