/**
 * A stand-in for `wx` of WeChat's mini programs, over real sockets and requests. It is as strict as WeChat documents
 * it, and tells as little: a connection that fails calls `onError` alone; what is no text and no buffer is refused; a
 * request that meets a redirect ends with its head; a socket that is still connecting can't be closed.
 */
import { readFile } from 'node:fs';
import { readFile as readBytes } from 'node:fs/promises';
import { WebSocket } from 'ws';

type Listener<T> = (value: T) => void;
interface Callbacks {
  readonly success?: Listener<object>;
  readonly fail?: Listener<{ readonly errMsg: string }>;
  /** Called after either of the two, with the same. */
  readonly complete?: Listener<object>;
}

/** What WeChat says to the code that it runs. */
const isBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === '[object ArrayBuffer]';

/** The fields of an answer, in the case of the platform: iOS writes `Content-Type`, others write as the server does. */
const fieldsOf = (headers: Headers, isCapital: boolean): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...headers].map(([name, value]) => [
      isCapital ? name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase()) : name,
      value,
    ]),
  );

/** The most sockets of a mini program. */
const SOCKETS = 5;

export interface Wx {
  /** The global of the mini program. */
  readonly wx: object;
  readonly storage: ReadonlyMap<string, string>;
  /** How many sockets there are, of all states. */
  readonly sockets: () => number;
  /** Cuts the network, or mends it, as the phone notices it. */
  readonly network: (isConnected: boolean) => void;
  /** The sockets die silently, as in the background. Nobody is told. */
  readonly sleep: () => void;
  /** The mini program comes to the foreground. */
  readonly show: () => void;
  readonly close: () => void;
}

/** What differs between phones. */
interface Phone {
  /** The names of fields are capital. Default false. */
  readonly isCapital?: boolean;
  /** Whether there is a network at the start. Default true. */
  readonly isConnected?: boolean;
  /** The head of an answer has no status, as in WeChat's developer tools. Default false. */
  readonly hasBareHeads?: boolean;
}

export const createWx = ({ isCapital = false, isConnected: atStart = true, hasBareHeads = false }: Phone = {}): Wx => {
  const storage = new Map<string, string>();
  const networkListeners = new Set<Listener<{ readonly isConnected: boolean; readonly networkType: string }>>();
  const showListeners = new Set<() => void>();
  const sockets = new Set<WebSocket>();
  let isConnected = atStart;

  const connectSocket = ({ url, protocols, fail }: Callbacks & { url: string; protocols?: readonly string[] }) => {
    if (protocols !== undefined && !Array.isArray(protocols))
      throw new TypeError('parameter.protocols should be Array');
    const listeners = { open: new Set(), message: new Set(), close: new Set(), error: new Set() } as {
      readonly open: Set<Listener<object>>;
      readonly message: Set<Listener<{ readonly data: string | ArrayBuffer }>>;
      readonly close: Set<Listener<{ readonly code: number; readonly reason: string }>>;
      readonly error: Set<Listener<{ readonly errMsg: string }>>;
    };
    const tell = <T>(to: ReadonlySet<Listener<T>>, value: T): void => {
      for (const listener of to) listener(value);
    };
    const refuse = (callback: Callbacks['fail'], errMsg: string): void => {
      queueMicrotask(() => callback?.({ errMsg }));
    };

    let socket: WebSocket | undefined;
    if (!/^wss?:\/\//.test(url)) refuse(fail, 'connectSocket:fail url not in domain list');
    else if (sockets.size >= SOCKETS) {
      // There is no task then, and nothing else tells of it.
      refuse(fail, 'connectSocket:fail over max connect count');
      return undefined;
    } else if (!isConnected) queueMicrotask(() => tell(listeners.error, { errMsg: 'network is unreachable' }));
    else {
      const own = new WebSocket(url, [...(protocols ?? [])]);
      own.binaryType = 'arraybuffer';
      socket = own;
      sockets.add(own);
      let hasOpened = false;
      own.onopen = () => {
        hasOpened = true;
        tell(listeners.open, { header: {} });
      };
      own.onmessage = ({ data }) => tell(listeners.message, { data: data as string | ArrayBuffer });
      own.onerror = () => {
        if (!hasOpened) tell(listeners.error, { errMsg: 'connection refused' });
      };
      own.onclose = ({ code, reason }) => {
        sockets.delete(own);
        if (hasOpened) tell(listeners.close, { code, reason });
      };
    }
    return {
      onOpen: (listener: Listener<object>) => void listeners.open.add(listener),
      onMessage: (listener: Listener<{ readonly data: string | ArrayBuffer }>) => void listeners.message.add(listener),
      onClose: (listener: Listener<{ readonly code: number; readonly reason: string }>) =>
        void listeners.close.add(listener),
      onError: (listener: Listener<{ readonly errMsg: string }>) => void listeners.error.add(listener),
      send: ({ data, success, fail: failed }: Callbacks & { data: unknown }) => {
        if (socket?.readyState !== WebSocket.OPEN) {
          refuse(failed, 'SocketTask.send:fail readyState is not OPEN');
          return;
        }
        if (typeof data !== 'string' && !isBuffer(data))
          throw new TypeError('parameter.data should be String or ArrayBuffer instead of Object');
        // It is sent later, as it is then.
        const content = data;
        const own = socket;
        queueMicrotask(() => own.send(content));
        success?.({ errMsg: 'sendSocketMessage:ok' });
      },
      close: ({ code = 1000, reason = '', fail: failed }: Callbacks & { code?: number; reason?: string }) => {
        if (code !== 1000 && !(code >= 3000 && code <= 4999)) refuse(failed, 'SocketTask.close:fail invalid code');
        else if (socket?.readyState !== WebSocket.OPEN) refuse(failed, 'SocketTask.close:fail it is not connected');
        else socket.close(code, reason);
      },
    };
  };

  const request = ({
    url,
    method = 'GET',
    header = {},
    data,
    dataType = 'json',
    responseType = 'text',
    redirect = 'follow',
    complete,
    ...callbacks
  }: Callbacks & {
    url: string;
    method?: string;
    header?: Record<string, string>;
    data?: unknown;
    dataType?: string;
    responseType?: string;
    redirect?: 'follow' | 'manual';
  }) => {
    const success = (answer: object): void => {
      callbacks.success?.(answer);
      complete?.(answer);
    };
    const fail = (failure: { readonly errMsg: string }): void => {
      callbacks.fail?.(failure);
      complete?.(failure);
    };
    if (method !== method.toUpperCase()) throw new TypeError('parameter.method should be in upper case');
    // A view is an object for it, and becomes JSON.
    const body = data === undefined || typeof data === 'string' || isBuffer(data) ? data : JSON.stringify(data);
    const controller = new AbortController();
    const { signal } = controller;
    const headListeners = new Set<Listener<object>>();
    const headers = new Headers({ 'content-type': 'application/json', ...header });
    fetch(url, { method, headers, signal, redirect, ...(body === undefined ? {} : { body }) })
      .then(async (answer) => {
        const fields = fieldsOf(answer.headers, isCapital);
        const { status: statusCode } = answer;
        for (const listener of headListeners)
          listener({ header: fields, cookies: [], ...(hasBareHeads ? {} : { statusCode }) });
        if (redirect === 'manual' && statusCode >= 300 && statusCode < 400) return;
        if (responseType === 'arraybuffer') {
          success({ statusCode, data: await answer.arrayBuffer(), header: fields });
          return;
        }
        const content = await answer.text();
        // With `json` it parses by itself, and gives text where it is none.
        let parsed: unknown = content;
        if (dataType === 'json')
          try {
            parsed = JSON.parse(content);
          } catch {
            parsed = content;
          }
        success({ statusCode, data: parsed, header: fields });
      })
      .catch((error: unknown) =>
        fail({ errMsg: signal.aborted ? 'request:fail abort' : `request:fail ${String(error)}` }),
      );
    return {
      abort: () => controller.abort(),
      onHeadersReceived: (listener: Listener<object>) => void headListeners.add(listener),
    };
  };

  /** The file in a form, as WeChat sends it. The answer is text. */
  const uploadFile = ({
    url,
    filePath,
    name,
    header = {},
    formData = {},
    success,
    fail,
  }: Callbacks & {
    url: string;
    filePath: string;
    name: string;
    header?: Record<string, string>;
    formData?: Record<string, unknown>;
  }) => {
    for (const [key, value] of Object.entries({ url, filePath, name }))
      if (typeof value !== 'string' || value === '') throw new TypeError(`parameter.${key} should be String`);
    const listeners = new Set<Listener<object>>();
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (totalBytesSent: number, totalBytesExpectedToSend: number): void => {
      const progress = Math.floor((100 * totalBytesSent) / totalBytesExpectedToSend);
      for (const listener of listeners) listener({ progress, totalBytesSent, totalBytesExpectedToSend });
    };
    const send = async (): Promise<void> => {
      const bytes = await readBytes(filePath);
      const form = new FormData();
      for (const [key, value] of Object.entries(formData)) form.append(key, String(value));
      form.append(name, new Blob([bytes]), filePath.slice(filePath.lastIndexOf('/') + 1));
      tell(bytes.length / 2, bytes.length);
      const own = Object.entries(header).filter(([key]) => !/^(?:referer|content-type)$/i.test(key));
      const answer = await fetch(url, { method: 'POST', headers: own, body: form, signal });
      tell(bytes.length, bytes.length);
      success?.({ statusCode: answer.status, data: await answer.text(), errMsg: 'uploadFile:ok' });
    };
    send().catch((error: unknown) =>
      fail?.({ errMsg: signal.aborted ? 'uploadFile:fail abort' : `uploadFile:fail ${String(error)}` }),
    );
    return {
      abort: () => controller.abort(),
      onProgressUpdate: (listener: Listener<object>) => void listeners.add(listener),
    };
  };

  const getFileSystemManager = () => ({
    readFile: ({ filePath, success, fail }: Callbacks & { filePath: string }) => {
      readFile(filePath, (error, bytes) => {
        if (error !== null) fail?.({ errMsg: `readFile:fail no such file or directory, open '${filePath}'` });
        else success?.({ data: new Uint8Array(bytes).buffer });
      });
    },
  });

  return {
    storage,
    sockets: () => sockets.size,
    wx: {
      connectSocket,
      request,
      uploadFile,
      getFileSystemManager,
      getNetworkType: ({ success }: Callbacks) => {
        const networkType = isConnected ? 'wifi' : 'none';
        queueMicrotask(() => success?.({ networkType }));
      },
      onNetworkStatusChange: (listener: Listener<unknown>) => void networkListeners.add(listener),
      offNetworkStatusChange: (listener: Listener<unknown>) => void networkListeners.delete(listener),
      onAppShow: (listener: () => void) => void showListeners.add(listener),
      offAppShow: (listener: () => void) => void showListeners.delete(listener),
      getStorageInfoSync: () => ({ keys: [...storage.keys()], limitSize: 10_240 }),
      // What is not there is an empty text.
      getStorageSync: (key: string) => storage.get(key) ?? '',
      setStorageSync: (key: string, value: string) => void storage.set(key, value),
      removeStorageSync: (key: string) => void storage.delete(key),
    },
    network: (now) => {
      isConnected = now;
      if (!now) for (const socket of sockets) socket.terminate();
      for (const listener of networkListeners) listener({ isConnected: now, networkType: now ? 'wifi' : 'none' });
    },
    sleep: () => {
      for (const socket of sockets) {
        socket.onmessage = null;
        socket.onclose = () => sockets.delete(socket);
        socket.pause();
      }
    },
    show: () => {
      for (const listener of showListeners) listener();
    },
    close: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
};
