import { isLeft } from '../../../codecs/either.js';
import * as c from '../../../codecs/type.js';
import { defer, map, type Observable } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import { JsonObject, decodeFailed, record, type StoredFile } from '../../../codecs/index.js';
import { checkTls, httpUrl, readAddress } from '../../connection/address.js';
import { InvalidArgument } from '../../errors.js';
import { jsonFrom } from '../../http-api.js';
import type { LocalFile } from '../../../streams/index.js';
import type { UploadContext } from './upload.js';

/** The answer of the server to an upload. */
const Uploaded = record('Uploaded', { url: c.string }, { objId: c.string, metaData: JsonObject });

/** Bytes go as they are: not every platform can make a `Blob` of them. */
const contentOf = ({ data, type }: LocalFile) =>
  data instanceof Uint8Array
    ? { body: new Uint8Array(data), type: type ?? 'application/octet-stream' }
    : { body: data };

const nameOf = ({ data, name }: LocalFile): string =>
  name ?? ('name' in data && typeof data.name === 'string' ? data.name : 'file');

const NAME = 'uploadTo: the address';

/** The address that files are sent to; throws `InvalidArgument`. */
const placeOf = (given: string | undefined, { api, sessionToken }: UploadContext, path: string): string => {
  const text = given ?? api;
  if (text === undefined)
    throw new InvalidArgument('uploadTo: give the address of the server, such as https://chat.example.com');
  const place = readAddress(NAME, text);
  if (api !== undefined && sessionToken !== undefined) checkTls(NAME, place, readAddress('api', api));
  return httpUrl(place, path);
};

/**
 * Makes an `upload` option that stores files on a server of this package, with the token of the client's session.
 * Without an address, it is the server that the client is connected to. It reports no progress, because `fetch` has
 * none.
 *
 * Errors: `InvalidArgument` if the address can't be used; `ConnectionLost` if it can't be reached, or answers with a
 * redirect; `ServerRejected` if the server refuses the file.
 *
 * @example createRealtime({ appId, server: 'wss://chat.example.com', upload: uploadTo() });
 */
export const uploadTo =
  (address?: string): ((file: LocalFile, context: UploadContext) => Observable<StoredFile>) =>
  (file, context) =>
    defer(() => {
      const { sessionToken, signal, fetch = globalThis.fetch } = context;
      const url = placeOf(address, context, `/uploads/${encodeURIComponent(nameOf(file))}`);
      const { body, type } = contentOf(file);
      return jsonFrom(url, () =>
        fetch(url, {
          method: 'POST',
          body,
          headers: { ...defined({ 'content-type': type, 'x-lc-im-session-token': sessionToken }) },
          redirect: 'manual',
          ...defined({ signal }),
        }),
      ).pipe(
        map((answer) => {
          const stored = Uploaded.decode(answer);
          if (isLeft(stored)) throw new InvalidArgument(`${url}: ${decodeFailed(stored.left).message}`);
          return stored.right;
        }),
      );
    });
