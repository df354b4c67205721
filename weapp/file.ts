import { Observable } from 'rxjs';
import { InvalidArgument } from '../src/errors.js';
import type { LocalFile } from '../src/index.js';
import type { WeappFiles } from './wx.js';

/** A file of the mini program. */
export interface WeappFile extends LocalFile {
  readonly data: Uint8Array;
  readonly name: string;
  /** Where it lies: `weappUpload` sends it from there. */
  readonly path: string;
}

/**
 * Cold: reads a file of the mini program, such as the `tempFilePath` of a picture that the user has chosen, for
 * `upload`. Emits it once, then completes. Its name is the last part of the path, if no other is given. Errors with
 * `InvalidArgument` if it can't be read.
 *
 * @example
 * weappFile(wx, tempFilePath, { type: 'image/jpeg' })
 *   .pipe(switchMap((file) => conversation.send(upload(file, image))))
 *   .subscribe();
 */
export const weappFile = (
  wx: WeappFiles,
  path: string,
  about: Pick<LocalFile, 'name' | 'type'> = {},
): Observable<WeappFile> =>
  new Observable((subscriber) => {
    wx.getFileSystemManager().readFile({
      filePath: path,
      success: ({ data }) => {
        const { name = path.slice(path.lastIndexOf('/') + 1) } = about;
        if (typeof data === 'string') {
          subscriber.error(
            new InvalidArgument(`weappFile: ${path} was read as text, although no encoding was asked for`),
          );
          return;
        }
        subscriber.next({ ...about, name, path, data: new Uint8Array(data) });
        subscriber.complete();
      },
      fail: ({ errMsg }) => subscriber.error(new InvalidArgument(`weappFile: ${path} can't be read: ${errMsg}`)),
    });
  });
