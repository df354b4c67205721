import { filter, type OperatorFunction } from 'rxjs';
import type { ClientEvent, Modification } from './events.js';

/**
 * The edits and recalls of a log, in order. Each holds the current version of its message. Hot or cold, errors and
 * completion as the log.
 *
 * @example
 * client.events$.pipe(modifications()).subscribe(({ message }) => replace(message.id, message));
 */
export const modifications = (): OperatorFunction<ClientEvent, Modification> =>
  filter((event): event is Modification => event._tag === 'Edit' || event._tag === 'Recall');
