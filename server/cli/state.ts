/** What is on in a server, and what is open to everybody: for the first line of its log. */
import { isLoopback, type Settings } from './settings.js';

export interface State {
  readonly on: readonly string[];
  readonly open: readonly string[];
}

const listed = (pairs: readonly (readonly [boolean, string])[]): readonly string[] =>
  pairs.filter(([is]) => is).map(([, text]) => text);

/** `kept`: where what is kept is. `wire`: how several servers reach each other. */
export const stateOf = (settings: Settings, kept: string, wire?: string): State => {
  const { appId, masterKey, isOpen, readers, tls, uploads, hooks, limits, metrics, publicUrl, trustedProxies } =
    settings;
  return {
    on: [
      kept,
      ...listed([
        [
          wire !== undefined,
          `several servers may use this database: they reach each other by ${String(wire)}` +
            (settings.nats === undefined ? ', which is slower than --nats' : ''),
        ],
        [tls !== undefined, 'TLS in this process'],
        [publicUrl !== undefined, `clients reach it at ${String(publicUrl)}`],
        [trustedProxies.length > 0, `trusted proxies: ${trustedProxies.join(', ')}`],
        [appId !== undefined, `it serves the application ${String(appId)}`],
        [!isOpen, 'logins are verified by signatures'],
        [masterKey !== undefined, "the back end's HTTP API"],
        [uploads !== undefined, `uploads in ${String(uploads)}`],
        [hooks !== undefined, `web hooks at ${String(hooks?.url)}`],
        [Object.keys(limits).length > 0, `bounds that were set: ${Object.keys(limits).join(', ')}`],
        [metrics.key !== undefined, '/metrics, with a key'],
        [
          metrics.own !== undefined,
          `metrics at http://${String(metrics.own?.host)}:${String(metrics.own?.port)}/metrics`,
        ],
      ]),
    ],
    open: listed([
      [isOpen, 'everybody may log in as anybody: no login is verified'],
      [readers === 'everyone', 'everybody may see conversations, also without being a member'],
      [appId === undefined, 'every application id is served, and all share everything'],
      [
        limits.commandsPerMinute === undefined && limits.sendsPerMinute === undefined,
        'a client may send as much as it likes: commands per minute have no bound',
      ],
      [tls === undefined && settings.isExposed, 'this process has no TLS: a proxy in front of it should'],
      [
        metrics.own !== undefined && metrics.own.key === undefined && !isLoopback(metrics.own.host),
        'whoever reaches the port of the metrics may read them',
      ],
    ]),
  };
};
