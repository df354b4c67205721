/** Reads the body of a request. */
import type { IncomingMessage } from 'node:http';

/** The body as text; undefined if it has more than `maxBytes`, whatever length the header says. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<string | undefined> => {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // The connection stays open, so that the answer can be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes) return undefined;
  }
  return Buffer.concat(chunks).toString();
};
