/** How many files and bytes clients may upload. */
import type { ServerClock } from '../clock.js';
import type { Limits } from '../options.js';

/** Why an upload is refused: a status of HTTP, and a text for people. */
export class OverQuota extends Error {
  constructor(
    readonly status: 413 | 429 | 507,
    message: string,
  ) {
    super(message);
  }
}

/** The room that one upload has taken. */
export interface UploadRoom {
  /** Takes room for more bytes. Throws `OverQuota` if there is none. */
  readonly grow: (bytes: number) => void;
  /** Gives back the room of a file that was not stored. What its sender has used of its day stays used. */
  readonly release: () => void;
}

export interface UploadQuota {
  /** Counts files that are there already. */
  readonly found: (files: number, bytes: number) => void;
  /** Takes room for one file. `owner` is undefined for the back end. Throws `OverQuota` if there is none. */
  readonly take: (owner: string | undefined) => UploadRoom;
}

/** Clients that are counted apart. All others share one quota, so memory is bounded. */
const MAX_CLIENTS = 100_000;
const DAY = 24 * 60 * 60 * 1_000;

interface Use {
  files: number;
  bytes: number;
}

type QuotaLimits = Pick<Limits, 'uploadsPerDay' | 'uploadBytesPerDay' | 'uploads' | 'uploadBytes'>;

/** Counts in this process. Days begin at midnight UTC. */
export const createUploadQuota = (limits: QuotaLimits, clock: ServerClock): UploadQuota => {
  const kept: Use = { files: 0, bytes: 0 };
  const uses = new Map<string, Use>();
  let day = 0;

  const useOf = (owner: string): Use => {
    const today = Math.floor(clock.now() / DAY);
    if (today !== day) uses.clear();
    day = today;
    const key = uses.has(owner) || uses.size < MAX_CLIENTS ? owner : '';
    const use = uses.get(key) ?? { files: 0, bytes: 0 };
    uses.set(key, use);
    return use;
  };

  return {
    found: (files, bytes) => {
      kept.files += files;
      kept.bytes += bytes;
    },
    take: (owner) => {
      const use = owner === undefined ? { files: 0, bytes: 0 } : useOf(owner);
      const isBounded = owner !== undefined;
      if (isBounded && use.files >= limits.uploadsPerDay)
        throw new OverQuota(429, `a client uploads at most ${limits.uploadsPerDay} files a day`);
      if (kept.files >= limits.uploads) throw new OverQuota(507, `this server keeps at most ${limits.uploads} files`);
      use.files += 1;
      kept.files += 1;
      let size = 0;
      return {
        grow: (bytes) => {
          if (isBounded && use.bytes + bytes > limits.uploadBytesPerDay)
            throw new OverQuota(429, `a client uploads at most ${limits.uploadBytesPerDay} bytes a day`);
          if (kept.bytes + bytes > limits.uploadBytes)
            throw new OverQuota(507, `this server keeps at most ${limits.uploadBytes} bytes of files`);
          use.bytes += bytes;
          kept.bytes += bytes;
          size += bytes;
        },
        release: () => {
          kept.files -= 1;
          kept.bytes -= size;
        },
      };
    },
  };
};
