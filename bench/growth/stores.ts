import type { Subject } from './subject.js';
export const storeSubjects: readonly Subject[] = [];
