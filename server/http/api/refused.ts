/** The HTTP status of each refusal. */
import { Refusal, type RefusalCode } from '../../domain/refusal.js';
import type { Answer } from '../respond.js';
import { BadRequest } from './request.js';

const MALFORMED = 107;

/** All other codes get status 403: a rule or a hook of the application forbids the request. */
const statuses: ReadonlyMap<number, number> = new Map<RefusalCode, number>([
  [4103, 400],
  [4109, 413],
  [4114, 400],
  [4301, 400],
  [4303, 404],
  [4304, 409],
  [4306, 400],
  [4310, 400],
  [4318, 429],
  [4311, 400],
  [4323, 404],
  [4401, 404],
  [4404, 404],
  [4543, 409],
  [4561, 409],
]);

/** The HTTP status of a protocol code. */
export const statusOf = (code: number): number => statuses.get(code) ?? 403;

/** The answer to a refused request; undefined if the error is the server's own fault. */
export const refused = (error: unknown): Answer | undefined => {
  if (error instanceof BadRequest) return [400, { code: MALFORMED, error: error.message }];
  if (!(error instanceof Refusal)) return undefined;
  const { code, detail, appCode } = error;
  return [statusOf(code), { code, error: detail, ...(appCode === undefined ? {} : { appCode }) }];
};
