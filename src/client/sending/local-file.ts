/** The content of a file. */
export type FileData = Blob | Uint8Array;

/** A file of the user's. */
export interface LocalFile {
  readonly data: FileData;
  /** As the receiver sees it; a `File` brings one. */
  readonly name?: string;
  /** Its MIME type; a `Blob` brings one. */
  readonly type?: string;
}
