import type { Reader } from 'protobufjs/minimal.js';

/**
 * What this project uses of the generated code. What `decode` returns has own keys for what was present, and is
 * unknown until a codec has looked at it.
 */
interface MessageType {
  encode(message: object): { finish(): Uint8Array };
  decode(frame: Uint8Array | Reader): object;
}
type Enumeration = Readonly<Record<string, number>>;

export declare const push_server: {
  readonly messages2: {
    readonly GenericCommand: MessageType;
    readonly CommandType: Enumeration;
    readonly OpType: Enumeration;
  };
};
