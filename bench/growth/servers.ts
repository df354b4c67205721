import type { Subject } from './subject.js';
export const serverSubjects: readonly Subject[] = [];
