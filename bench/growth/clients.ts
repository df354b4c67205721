import type { Subject } from './subject.js';
export const clientSubjects: readonly Subject[] = [];
