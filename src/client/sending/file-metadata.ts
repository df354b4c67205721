/** What a file says about itself: size, width, height, duration. Each reader is a library that is loaded when a file of its kind is sent. */
import { catchError, defer, from, map, of, type Observable } from 'rxjs';
import type { JsonObject } from '../../../codecs/index.js';
import type { FileData, LocalFile } from './local-file.js';

const sizeOf = (data: FileData): number => (data instanceof Uint8Array ? data.length : data.size);

const bytesOf = async (data: FileData): Promise<Uint8Array> =>
  data instanceof Uint8Array ? data : new Uint8Array(await data.arrayBuffer());

/** The part of a name after its last dot, in small letters. */
const extensionOf = (name: string): string | undefined => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();

const typeOf = ({ data, type }: LocalFile): string => type ?? (data instanceof Uint8Array ? '' : data.type);

const nameOf = ({ data, name }: LocalFile): string | undefined =>
  name ?? ('name' in data && typeof data.name === 'string' ? data.name : undefined);

const ofImage = async (data: FileData): Promise<JsonObject> => {
  const { imageSize } = await import('image-size');
  const { width, height, type } = imageSize(await bytesOf(data));
  return { width, height, ...(type === undefined ? {} : { format: type }) };
};

const ofSound = async (data: FileData, type: string): Promise<JsonObject> => {
  const { parseBuffer } = await import('music-metadata');
  const { format } = await parseBuffer(await bytesOf(data), type, { duration: true, skipCovers: true });
  return format.duration === undefined ? {} : { duration: format.duration };
};

const ofContent = (file: LocalFile): Observable<JsonObject> => {
  const type = typeOf(file);
  if (type.startsWith('image/')) return from(ofImage(file.data));
  return type.startsWith('audio/') || type.startsWith('video/') ? from(ofSound(file.data, type)) : of({});
};

/**
 * Cold: the metadata of a file by the protocol's names: `name`, `size` in bytes, `format`, `width` and `height` of an image, `duration` in seconds of sound. What can't be read is
 * left out: a file is sent all the same.
 */
export const describeFile = (file: LocalFile): Observable<JsonObject> =>
  defer(() => {
    const name = nameOf(file);
    const format = name === undefined ? undefined : extensionOf(name);
    const known: JsonObject = {
      size: sizeOf(file.data),
      ...(name === undefined ? {} : { name }),
      ...(format === undefined ? {} : { format }),
    };
    return defer(() => ofContent(file)).pipe(
      catchError(() => of<JsonObject>({})),
      map((content) => ({ ...known, ...content })),
    );
  });
