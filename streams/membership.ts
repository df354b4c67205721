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
 * Who has joined and left, was silenced and blocked, whom by: the entries of a log that are about members, in its order. Same temperature, completion and errors as the log.
 *
 * @example
 * client.events$.pipe(membership()).subscribe(({ _tag, members, by }) => console.log(by, _tag, members));
 */
export const membership = (): OperatorFunction<ClientEvent, Membership> => filter((event): event is Membership => TAGS.has(event._tag));
