/**
 * The part of `wx` that this entry uses: WeChat's own types fit, and so do those of other mini programs with the same
 * functions.
 */

/** Why a call failed. */
export interface WeappFailure {
  readonly errMsg: string;
}

/** A socket of a mini program. */
export interface WeappSocketTask {
  onOpen(listener: () => void): void;
  onMessage(listener: (message: { readonly data: string | ArrayBuffer }) => void): void;
  onClose(listener: (close: { readonly code: number; readonly reason: string }) => void): void;
  onError(listener: (error: WeappFailure) => void): void;
  send(options: { data: string | ArrayBuffer; fail: (error: WeappFailure) => void }): void;
  close(options: { code: number; fail: (error: WeappFailure) => void }): void;
}

/** The sockets of `wx`. */
export interface WeappSockets {
  connectSocket(options: {
    url: string;
    protocols: string[];
    fail: (error: WeappFailure) => void;
  }): WeappSocketTask | undefined;
}

/** The head of an answer. The names of its fields have any case. */
export interface WeappHead {
  /** Missing in the head alone in WeChat's developer tools. */
  readonly statusCode?: number;
  readonly header?: Readonly<Record<string, string>>;
}

/** A request that is under way. */
export interface WeappRequestTask {
  abort(): void;
  onHeadersReceived?(listener: (head: WeappHead) => void): void;
}

/** The requests of `wx`. */
export interface WeappRequests {
  request(options: {
    url: string;
    method: 'GET' | 'POST';
    header: Record<string, string>;
    data?: string | ArrayBuffer;
    dataType: string;
    responseType: 'text';
    redirect: 'manual';
    success: (answer: WeappHead & { readonly statusCode: number; readonly data: unknown }) => void;
    fail: (error: WeappFailure) => void;
  }): WeappRequestTask;
}

/** An upload that is under way. */
export interface WeappUploadTask {
  abort(): void;
  /** `progress`: 0 to 100. */
  onProgressUpdate(listener: (update: { readonly progress: number }) => void): void;
}

/** The uploads of `wx`. */
export interface WeappUploads {
  uploadFile(options: {
    url: string;
    filePath: string;
    /** The name of the field of the form that has the file. */
    name: string;
    header: Record<string, string>;
    success: (answer: { readonly statusCode: number; readonly data: string }) => void;
    fail: (error: WeappFailure) => void;
  }): WeappUploadTask;
}

/** What `wx` tells when the network changes. In WeChat's types, the listener that is taken away gets something else. */
export interface WeappNetwork {
  readonly isConnected?: boolean;
  readonly errMsg?: string;
}

/** What `wx` tells of the device and of the mini program. */
export interface WeappDevice {
  getNetworkType(options: { success: (network: { readonly networkType: string }) => void }): unknown;
  onNetworkStatusChange(listener: (network: WeappNetwork) => void): void;
  offNetworkStatusChange(listener: (network: WeappNetwork) => void): void;
  onAppShow(listener: () => void): void;
  offAppShow(listener: () => void): void;
}

/** The storage of `wx`. */
export interface WeappStorage {
  getStorageInfoSync(): { readonly keys: readonly string[] };
  getStorageSync(key: string): unknown;
  setStorageSync(key: string, value: string): void;
  removeStorageSync(key: string): void;
}

/** The files of `wx`. */
export interface WeappFiles {
  getFileSystemManager(): {
    readFile(options: {
      filePath: string;
      success: (file: { readonly data: string | ArrayBuffer }) => void;
      fail: (error: WeappFailure) => void;
    }): void;
  };
}
