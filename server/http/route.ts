/** Where clients find their server (protocol: `/v1/route`). */
import type { Bus, BusPeer } from '../bus.js';
import { socketUrlOf, type Front } from './front.js';
import { pathOf, respond, type Endpoint } from './respond.js';
import { queryOf } from './token.js';

/** How long clients keep the answer, seconds. */
const TTL = 3_600;

/** A process with few sockets is not sent all clients at once. */
const LEAST_LOAD = 50;

/** Picks one of several by chance: the less load, the more likely. */
const pick = (peers: readonly BusPeer[], random: () => number): BusPeer | undefined => {
  const weights = peers.map(({ load }) => 1 / (load + LEAST_LOAD));
  let place = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return peers.find((_, index) => (place -= weights[index] ?? 0) < 0) ?? peers.at(-1);
};

/** Two different ones, the one that is to be tried first at first; fewer if there are fewer. */
export const twoOf = (peers: readonly BusPeer[], random: () => number): readonly BusPeer[] => {
  const first = pick(peers, random);
  const others = peers.filter(({ publicUrl }) => publicUrl !== first?.publicUrl);
  return [first, pick(others, random)].filter((peer) => peer !== undefined);
};

/**
 * Answers the router lookup. With `secure=true`, the address has TLS; the Swift, Java and Objective-C SDKs write
 * `secure=1`. If there are several processes with addresses of their own, it names two of them by their load.
 */
export const route =
  (front: Front, bus?: Pick<Bus, 'peers'>): Endpoint =>
  (request, response) => {
    if (pathOf(request) !== '/v1/route') return false;
    const address = front.socketUrl(request, /^(?:true|1)$/.test(queryOf(request).get('secure') ?? ''));
    const addresses = twoOf(bus?.peers?.() ?? [], Math.random).map(({ publicUrl }) => socketUrlOf(publicUrl));
    const [server = address, secondary = server] = addresses;
    respond(response, 200, { server, secondary, ttl: TTL });
    return true;
  };
