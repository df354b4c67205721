/** The metadata of a file: its name, its size, and what the application's own reader finds in it. */
import { catchError, defer, from, map, of, type Observable, type ObservableInput } from 'rxjs';
import { defined } from '../../../codecs/defined.js';
import type { JsonObject } from '../../../codecs/index.js';
import { sizeOf, type LocalFile } from '../../../streams/local-file.js';

/**
 * Reads metadata from the content of a file: width and height of a picture, duration of a sound. Emits the metadata
 * by the protocol's names; its first value counts. `describeMedia` of `rx-realtime/media` is such a function.
 */
export type DescribeFile = (file: LocalFile) => ObservableInput<JsonObject>;

/** The part of a name after its last dot, in lower case. */
const extensionOf = (name: string): string | undefined => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();

const nameOf = ({ data, name }: LocalFile): string | undefined =>
  name ?? ('name' in data && typeof data.name === 'string' ? data.name : undefined);

/**
 * Cold: the metadata of a file by the protocol's names: `name`, `size` in bytes, `format`, and what `describe` reads.
 * If `describe` fails, its part is left out: the file is sent all the same.
 */
export const describeFile = (file: LocalFile, describe: DescribeFile = () => of({})): Observable<JsonObject> =>
  defer(() => {
    const name = nameOf(file);
    const known: JsonObject = {
      size: sizeOf(file.data),
      ...defined({ name, format: name === undefined ? undefined : extensionOf(name) }),
    };
    return defer(() => from(describe(file))).pipe(
      catchError(() => of<JsonObject>({})),
      map((content) => ({ ...known, ...content })),
    );
  });
