/** Everything whose growth is measured. */
import { backEndSubjects } from './back-ends.js';
import { clientSubjects } from './clients.js';
import { handlerSubjects } from './handlers.js';
import { movingSubjects } from './moving.js';
import { storeSubjects } from './stores.js';
import { logSubjects } from './stream-logs.js';
import { queueSubjects } from './stream-queues.js';
import { stateSubjects } from './stream-states.js';
import type { Subject } from './subject.js';
import { viewSubjects } from './views.js';

export const subjects: readonly Subject[] = [
  ...stateSubjects,
  ...logSubjects,
  ...queueSubjects,
  ...clientSubjects,
  ...viewSubjects,
  ...storeSubjects,
  ...movingSubjects,
  ...handlerSubjects,
  ...backEndSubjects,
];
