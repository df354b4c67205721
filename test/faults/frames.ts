/** Where the frames of a WebSocket begin and end in its bytes; no more than what faults need to know. */

const HEADER_END = Buffer.from('\r\n\r\n');

const lengthOf = (bytes: Buffer): number | undefined => {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const mask = (bytes.readUInt8(1) & 0x80) === 0 ? 0 : 4;
  if (short < 126) return 2 + mask + short;
  if (short === 126) return bytes.length < 4 ? undefined : 4 + mask + bytes.readUInt16BE(2);
  return bytes.length < 10 ? undefined : 10 + mask + Number(bytes.readBigUInt64BE(2));
};

/** Cuts a stream of bytes into whole frames; the handshake counts as the first. Holds back what is not whole yet. */
export const frameSplitter = (): ((chunk: Buffer) => readonly Buffer[]) => {
  let rest: Buffer = Buffer.alloc(0);
  let isHandshake = true;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Buffer[] = [];
    for (;;) {
      const end = isHandshake ? rest.indexOf(HEADER_END) + HEADER_END.length : lengthOf(rest);
      if (
        end === undefined ||
        end < HEADER_END.length - 2 ||
        end > rest.length ||
        (isHandshake && !rest.includes(HEADER_END))
      )
        return frames;
      frames.push(rest.subarray(0, end));
      rest = rest.subarray(end);
      isHandshake = false;
    }
  };
};

/** A server's frame that closes. */
export const closeFrame = (code: number): Buffer => {
  const frame = Buffer.alloc(4);
  frame.writeUInt8(0x88, 0);
  frame.writeUInt8(2, 1);
  frame.writeUInt16BE(code, 2);
  return frame;
};
