/** What the snippets of the documentation take for granted: names of the reader's own program. */
export const ASSUMED = `
type Realtime = import('rx-realtime').Realtime;
type Client = import('rx-realtime').Client;
type Conversation = import('rx-realtime').Conversation;
type Message = import('rx-realtime').Message;
type Position = import('rx-realtime').Position;
type Signature = import('rx-realtime').Signature;
type RxObservable<T> = import('rxjs').Observable<T>;
type Show = (...values: readonly unknown[]) => void;

declare const realtime: Realtime;
declare const client: Client;
declare const conversation: Conversation;
declare const message: Message;
declare const id: string;
declare const roomId: string;
declare const sessionToken: string;
declare const storedPosition: Position;
declare const input: { readonly files: [File] };
declare const badge: { set(count: number): void };
declare const icon: { set(name: string): void };
declare const scrolledUp$: RxObservable<void>;
declare const scrolledDown$: RxObservable<void>;

declare const show: Show;
declare const render: Show;
declare const prepend: Show;
declare const token: string;
declare const banner: { toggle(isShown: boolean): void };
declare const jumpedDown$: Observable<unknown>;
declare const note: Show;
declare const draw: (value: unknown) => Promise<void>;
declare const store: (value: unknown) => Promise<void>;
declare const savePosition: (position: Position) => Promise<void>;
declare const logInAgain: () => void;
declare const askBackEnd: (request: { readonly action: string; readonly conversationId?: string }) => Promise<Signature>;

declare const wx: import('rx-realtime/weapp').WeappSockets &
  import('rx-realtime/weapp').WeappUploads &
  import('rx-realtime/weapp').WeappRequests &
  import('rx-realtime/weapp').WeappDevice &
  import('rx-realtime/weapp').WeappStorage &
  import('rx-realtime/weapp').WeappFiles;

declare const powerMonitor: Record<'on' | 'off', (event: 'resume', listen: () => void) => void>;

declare const sink: WritableStream<Message>;
declare const output: NodeJS.WritableStream;

declare const masterKey: string;
declare const secret: string;
declare const users: { idOf(sessionToken: string): Promise<string | undefined> };
declare const isRude: (content: string) => boolean;
declare const notify: (clientIds: readonly string[], pushData: unknown) => void;
declare const server: import('rx-realtime/server').RtmServer;
declare const test: (name: string, run: () => Promise<void>) => void;
declare const myStore: import('rx-realtime/server').Store;
declare const assertDeepEqual: (actual: unknown, expected: unknown) => void;

declare module 'react-native' {
  type Component<Props> = (props: Props) => import('react').ReactElement;
  type Children = { readonly children?: import('react').ReactNode };
  export const AppState: {
    addEventListener(
      type: 'change',
      listener: (state: 'active' | 'background' | 'inactive' | 'unknown' | 'extension') => void,
    ): { remove(): void };
  };
  export const View: Component<Children>;
  export const Text: Component<Children>;
  export const Button: Component<{ readonly title: string; readonly onPress: () => void }>;
  export const TextInput: Component<{
    readonly value: string;
    readonly accessibilityLabel: string;
    readonly onChangeText: (text: string) => void;
  }>;
  export const FlatList: <T>(props: {
    readonly inverted: boolean;
    readonly data: readonly T[];
    readonly keyExtractor: (item: T, index: number) => string;
    readonly renderItem: (info: { readonly item: T }) => import('react').ReactElement;
    readonly onEndReached: () => void;
  }) => import('react').ReactElement;
}
declare module '@react-native-community/netinfo' {
  const NetInfo: {
    addEventListener(listener: (state: { readonly isConnected: boolean | null }) => void): () => void;
  };
  export default NetInfo;
}
declare module '@react-native-async-storage/async-storage' {
  export const createAsyncStorage: (name: string) => {
    getAllKeys(): Promise<string[]>;
    getMany(keys: string[]): Promise<Record<string, string | null>>;
    setItem(key: string, value: string): Promise<void>;
    removeItem(key: string): Promise<void>;
  };
}
`;
