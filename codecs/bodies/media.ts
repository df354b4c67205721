/** Messages with a file: images, sounds, videos, and files of any kind. */
import type * as t from 'io-ts';
import * as c from '../type.js';
import { defined } from '../defined.js';
import { JsonObject, type Json } from '../json.js';
import { record } from '../record.js';
import { extraFields, extraWire, fromExtraWire, toExtraWire, type Extras } from './extras.js';
import { messageType, type MessageType } from './message-type.js';

/** A file that is stored somewhere. */
export interface StoredFile {
  readonly url: string;
  /** Its id in the file store of the application. */
  readonly objId?: string;
  /** By convention `name`, `size` in bytes, `format`; `width` and `height`; `duration` in seconds. */
  readonly metaData?: JsonObject;
}

interface Media<Tag extends string> extends Extras {
  readonly _tag: Tag;
  readonly file: StoredFile;
}

/** An image (protocol: `_lctype` -2). */
export type Image = Media<'Image'>;
/** A sound (protocol: `_lctype` -3). */
export type Audio = Media<'Audio'>;
/** A video (protocol: `_lctype` -4). */
export type Video = Media<'Video'>;
/** A file of any kind (protocol: `_lctype` -6). */
export type FileMessage = Media<'File'>;

const StoredFileBody = record('StoredFile', { url: c.string }, { objId: c.string, metaData: JsonObject });

/** Any JSON value. */
const AnyJson: t.Type<Json> = c.guarded('JSON', (input): input is Json => input !== undefined);

/**
 * Some clients send no id or an invalid one. The file can still be read. Messages of the service's HTTP API have name
 * and size beside the address.
 */
const StoredFileWire = record(
  '_lcfile',
  { url: c.string },
  { objId: AnyJson, metaData: AnyJson, name: AnyJson, size: AnyJson },
);

/** Other clients take a file without an id for no file, so a file that has none gets this one. */
const NO_ID = '-';

const metaDataOf = ({ metaData, name, size }: t.TypeOf<typeof StoredFileWire>): JsonObject | undefined => {
  const beside = defined({
    name: typeof name === 'string' ? name : undefined,
    size: typeof size === 'number' ? size : undefined,
  });
  const own = JsonObject.is(metaData) ? metaData : undefined;
  return Object.keys(beside).length === 0 ? own : { ...beside, ...own };
};

const fromWire = (wire: t.TypeOf<typeof StoredFileWire>): StoredFile => {
  const { url, objId } = wire;
  const isId = typeof objId === 'string' && objId !== '' && objId !== NO_ID;
  return Object.freeze(defined({ url, objId: isId ? objId : undefined, metaData: metaDataOf(wire) }));
};

const toWire = ({ url, objId = '', metaData }: StoredFile): t.TypeOf<typeof StoredFileWire> =>
  defined({ url, objId: objId === '' ? NO_ID : objId, metaData });

/** Makes one kind of media message, from the address of a file or from a file with its metadata. */
type Constructor<M> = (file: string | StoredFile, extras?: Extras) => M;

const media = <Tag extends string>(
  tag: Tag,
  type: number,
): readonly [MessageType<Media<Tag>>, Constructor<Media<Tag>>] => {
  const make: Constructor<Media<Tag>> = (file, extras = {}) =>
    Object.freeze({ _tag: tag, file: Object.freeze(typeof file === 'string' ? { url: file } : file), ...extras });
  return [
    messageType({
      type,
      tag,
      body: record(tag, { _tag: c.literal(tag), file: StoredFileBody }, extraFields),
      wire: record(`${tag}Body`, { _lctype: c.literal(type), _lcfile: StoredFileWire }, extraWire),
      toBody: (wire) => make(fromWire(wire._lcfile), fromExtraWire(wire)),
      toWire: ({ file, ...extras }) => ({ _lctype: type, _lcfile: toWire(file), ...toExtraWire(extras) }),
    }),
    make,
  ];
};

const [imageType, makeImage] = media('Image', -2);
const [audioType, makeAudio] = media('Audio', -3);
const [videoType, makeVideo] = media('Video', -4);
const [fileType, makeFile] = media('File', -6);

/**
 * The type of image messages.
 *
 * @example
 * client.messages$.pipe(ofType(ImageType)).subscribe(({ body }) => show(body.file.url));
 */
export const ImageType: MessageType<Image> = imageType;
/** The type of sound messages. Use it like `ImageType`. */
export const AudioType: MessageType<Audio> = audioType;
/** The type of video messages. Use it like `ImageType`. */
export const VideoType: MessageType<Video> = videoType;
/** The type of file messages. Use it like `ImageType`. */
export const FileType: MessageType<FileMessage> = fileType;

/**
 * Makes the body of an image message from an address, or from a stored file with its metadata. It is frozen.
 *
 * @example
 * conversation.send(image('https://example.com/cat.png', { text: 'The cat' }));
 */
export const image: Constructor<Image> = makeImage;
/** Makes the body of a sound message. It is frozen. Use it like `image`. */
export const audio: Constructor<Audio> = makeAudio;
/** Makes the body of a video message. It is frozen. Use it like `image`. */
export const video: Constructor<Video> = makeVideo;
/** Makes the body of a message with a file of any kind. It is frozen. Use it like `image`. */
export const file: Constructor<FileMessage> = makeFile;
