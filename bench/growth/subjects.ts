/** Everything whose growth is measured. */
import { clientSubjects } from './clients.js';
import { serverSubjects } from './servers.js';
import { storeSubjects } from './stores.js';
import { streamSubjects } from './streams.js';
import type { Subject } from './subject.js';

export const subjects: readonly Subject[] = [...streamSubjects, ...clientSubjects, ...storeSubjects, ...serverSubjects];
