/** The content of a file. */
export type FileData = Blob | Uint8Array;

/** A file on the user's device, to be stored and sent. */
export interface LocalFile {
  /** The content. */
  readonly data: FileData;
  /** The name that receivers see. Default: the name of the `File`. */
  readonly name?: string;
  /** The MIME type. Default: the type of the `Blob`. */
  readonly type?: string;
}

/** The size of a content, bytes. */
export const sizeOf = (data: FileData): number => (data instanceof Uint8Array ? data.length : data.size);
