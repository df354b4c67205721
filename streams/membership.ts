import { filter, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Membership } from './events.js';

const TAGS: ReadonlySet<ClientEvent['_tag']> = new Set<Membership['_tag']>([
  'Joined',
  'Left',
  'Silenced',
  'Unsilenced',
  'Blocked',
  'Unblocked',
]);

/**
 * The entries of a log about members: joined, left, silenced, blocked, and the client that did it. In the order of
 * the log. Hot or cold, errors and completion as the log.
 *
 * @example
 * client.events$.pipe(membership()).subscribe(({ _tag, members, by }) => console.log(by, _tag, members));
 */
export const membership = (): OperatorFunction<ClientEvent, Membership> =>
  filter((event): event is Membership => TAGS.has(event._tag));
