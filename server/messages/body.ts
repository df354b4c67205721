/** What the server looks at in a message's body. */
import { either as E, function as F } from 'fp-ts';
import * as t from 'io-ts';
import { fromStored, parseJson, toStored, type WireBody } from '../../codecs/index.js';
import type { HookContent } from '../hooks.js';
import { Refusal } from '../refusal.js';

const Typed = t.type({ _lctype: t.number });

/** The message type's number, where the body is of a type. */
export const typeOf = (msg = ''): { readonly type?: number } =>
  // Only an object has a type; what is refused as JSON costs more than what is read.
  !msg.startsWith('{')
    ? {}
    : F.pipe(
        parseJson(msg),
        E.match(
          () => ({}),
          (body) => (Typed.is(body) ? { type: body._lctype } : {}),
        ),
      );

/** The body alone. */
export const bodyOf = ({ msg, binaryMsg }: WireBody): WireBody =>
  binaryMsg === undefined ? (msg === undefined ? {} : { msg }) : { binaryMsg };

/** Refuses with 4109 what is too long, `beside` included: push data, and whom it mentions. */
export const checkSize = ({ msg = '', binaryMsg }: WireBody, beside: string, limit: number): void => {
  const bytes = Buffer.byteLength(msg) + (binaryMsg?.length ?? 0) + Buffer.byteLength(beside);
  if (bytes > limit) throw new Refusal(4109, `a message has at most ${limit} bytes, this one has ${bytes}`);
};

/** A body as hooks have it, and back. */
export const toHook = (body: WireBody): HookContent => {
  const { data = '', bin = false } = toStored(body);
  return { content: data, bin };
};

export const fromHook = ({ content, bin }: HookContent): WireBody => fromStored({ data: content, bin });
