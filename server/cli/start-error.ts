/** Says in one line why a server could not start, and what to do. */
import { StoreFailure } from '../store/store-failure.js';

interface SystemError {
  readonly code: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

const isSystemError = (error: unknown): error is Error & SystemError =>
  // An error of the store says itself what to do.
  error instanceof Error && !(error instanceof StoreFailure) && 'code' in error && typeof error.code === 'string';

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already; stop it, or take another port',
  EADDRNOTAVAIL: 'this machine does not have this address; take another --host',
  ENOTFOUND: 'there is no such host; take another --host',
  EACCES: 'that is not allowed for this user; ports below 1024 need a right of their own',
  EPERM: 'that is not allowed for this user',
  EEXIST: 'there is a file of this name where a directory is needed',
  ENOTDIR: 'there is a file of this name where a directory is needed',
  EISDIR: 'it is a directory, and a file is needed',
  ENOENT: 'there is no such file or directory',
  EROFS: 'it can only be read; take another place',
  ENOSPC: 'the disk is full',
};

/** Why a file can't be read. */
export const whyUnreadable = (error: unknown): string => {
  const code = isSystemError(error) ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a directory';
  return `it can't be read${code === undefined ? '' : ` (${code})`}`;
};

/** One line, without a stack. */
export const startError = (error: unknown): string => {
  if (!isSystemError(error)) return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, ' ');
  const { code, path, address, port, message } = error;
  const place = path ?? (address === undefined ? undefined : `${address}${port === undefined ? '' : `:${port}`}`);
  const advice = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  return advice === undefined ? message : `${place ?? message}: ${advice} (${code})`;
};
