import { Observable, Subscription } from 'rxjs';
import type { Fetch, LocalFile, StoredFile, UploadContext, UploadFile, UploadProgress } from '../src/index.js';
import { answerOf } from './fetch.js';
import type { WeappUploads } from './wx.js';

const pathOf = (file: LocalFile): string | undefined =>
  'path' in file && typeof file.path === 'string' ? file.path : undefined;

/**
 * Makes an `upload` option that sends files by `wx.uploadFile`, which tells of its progress. `store` says where to, as
 * `uploadTo` does: it gets a `fetch` that sends the file in a form. A file that does not come from `weappFile` has no
 * path: `store` sends it as always, without progress.
 *
 * Errors: as `store`.
 *
 * @example
 * createRealtime({ appId: 'my-app', server, ...weappOptions(wx), upload: weappUpload(wx, uploadTo()) });
 */
export const weappUpload =
  (
    wx: WeappUploads,
    store: (file: LocalFile, context: UploadContext) => Observable<StoredFile | UploadProgress>,
  ): UploadFile =>
  (file, context) => {
    const filePath = pathOf(file);
    if (filePath === undefined) return store(file, context);
    return new Observable((subscriber) => {
      const fetch: Fetch = (url, { headers } = { method: 'POST', headers: {} }) =>
        new Promise((resolve, reject) => {
          // The form has a type of its own.
          const header = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'content-type'));
          const aborting = new Subscription();
          const task = wx.uploadFile({
            url,
            filePath,
            name: 'file',
            header,
            success: ({ statusCode, data }) => {
              subscriber.remove(aborting);
              resolve(answerOf(statusCode, undefined, data));
            },
            fail: ({ errMsg }) => {
              subscriber.remove(aborting);
              reject(new Error(errMsg));
            },
          });
          task.onProgressUpdate(({ progress }) => subscriber.next({ progress: progress / 100 }));
          aborting.add(() => task.abort());
          subscriber.add(aborting);
        });
      return store(file, { ...context, fetch }).subscribe(subscriber);
    });
  };
