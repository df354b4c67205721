import { isLeft } from '../../../codecs/either.js';
import * as t from 'io-ts';
import { defer, from, map, mergeMap } from 'rxjs';
import { JsonObject, decodeFailed, record } from '../../../codecs/index.js';
import { InvalidArgument } from '../../errors.js';
import type { LocalFile } from './local-file.js';
import type { UploadFile } from './upload.js';

/** The answer of the server to an upload. */
const Uploaded = record('Uploaded', { url: t.string }, { objId: t.string, metaData: JsonObject });

const bytesOf = ({ data, type }: LocalFile): Blob =>
  data instanceof Uint8Array ? new Blob([new Uint8Array(data)], { type: type ?? '' }) : data;

const nameOf = ({ data, name }: LocalFile): string =>
  name ?? ('name' in data && typeof data.name === 'string' ? data.name : 'file');

/**
 * Makes an `upload` option that stores files on a server of this package. It reports no progress, because `fetch` has
 * none.
 *
 * @example createRealtime({ appId, server: 'ws://127.0.0.1:6400', upload: uploadTo('http://127.0.0.1:6400') });
 */
export const uploadTo =
  (address: string): UploadFile =>
  (file, { signal }) =>
    defer(() =>
      from(
        fetch(new URL(`/uploads/${encodeURIComponent(nameOf(file))}`, address), {
          method: 'POST',
          body: bytesOf(file),
          signal,
        }),
      ),
    ).pipe(
      mergeMap((response) => {
        if (!response.ok)
          throw new InvalidArgument(`${address} answered an upload with status ${String(response.status)}`);
        return from<Promise<unknown>>(response.json());
      }),
      map((answer) => {
        const stored = Uploaded.decode(answer);
        if (isLeft(stored)) throw new InvalidArgument(`${address}: ${decodeFailed(stored.left).message}`);
        return stored.right;
      }),
    );
