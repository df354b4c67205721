/**
 * `rx-realtime/media`: reads the metadata of pictures, sounds and videos. It needs the packages `image-size` and
 * `music-metadata`. Install them only if you import this entry.
 *
 * @packageDocumentation
 */
import type { JsonObject } from '../codecs/index.js';
import type { FileData, LocalFile } from '../streams/index.js';

const bytesOf = async (data: FileData): Promise<Uint8Array> =>
  data instanceof Uint8Array ? data : new Uint8Array(await data.arrayBuffer());

const typeOf = ({ data, type }: LocalFile): string => type ?? (data instanceof Uint8Array ? '' : data.type);

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

/**
 * Reads `width`, `height` and `format` of a picture, or `duration` in seconds of a sound or a video; the file's MIME
 * type decides. Rejects if the file can't be read. Each reader is loaded when the first file of its kind is
 * described. Use it as the option `describe` of `upload`.
 *
 * @example
 * conversation.send(upload({ data: input.files[0] }, image, { describe: describeMedia })).subscribe();
 */
export const describeMedia = async (file: LocalFile): Promise<JsonObject> => {
  const type = typeOf(file);
  if (type.startsWith('image/')) return ofImage(file.data);
  return type.startsWith('audio/') || type.startsWith('video/') ? ofSound(file.data, type) : {};
};
