/** Reads the answers of hooks that are asked: of functions in this process, and of web hooks, in the same way. */
import { either as E } from 'fp-ts';
import type * as t from 'io-ts';
import * as c from '../codecs/type.js';
import { defined } from '../codecs/defined.js';
import { decodeFailed, Int32, record } from '../codecs/index.js';
import { isClientId } from './domain/conversations/members.js';
import type { Drop, HookContent, Hooks } from './hooks.js';

/**
 * Reads an answer: the refusal, or the change, or undefined if it has neither. Throws an error that names the hook if
 * the answer has another shape.
 */
export type ReadVerdict<C> = (hook: keyof Hooks, answer: unknown) => Drop | C | undefined;

const drop = { drop: c.boolean, code: Int32, detail: c.string };
const ClientId = c.guarded('a client id of 1 to 64 characters', isClientId);
const Verdict = record('Verdict', {}, drop);
const ContentVerdict = record('ContentVerdict', {}, { ...drop, content: c.string, bin: c.boolean });
const MembersVerdict = record('MembersVerdict', {}, { ...drop, members: c.readonlyArray(ClientId) });

/** `drop: false` is no refusal. */
const dropIn = ({ drop: isNo = false, code, detail }: t.TypeOf<typeof Verdict>): Drop | undefined =>
  isNo ? { drop: true, ...defined({ code, detail }) } : undefined;

const reading =
  <A extends t.TypeOf<typeof Verdict>, C>(
    codec: t.Decoder<unknown, A>,
    change: (answer: A) => C | undefined,
  ): ReadVerdict<C> =>
  (hook, answer) => {
    if (answer === undefined || answer === null) return undefined;
    const verdict = codec.decode(answer);
    if (E.isLeft(verdict)) throw new Error(`the answer of the hook ${hook}: ${decodeFailed(verdict.left).message}`);
    return dropIn(verdict.right) ?? change(verdict.right);
  };

/** For hooks that can only refuse. */
export const readPlain: ReadVerdict<never> = reading<t.TypeOf<typeof Verdict>, never>(Verdict, () => undefined);

/** For hooks that can replace the body of a message. Fields that are missing stay as they are. */
export const readContent: ReadVerdict<Partial<HookContent>> = reading(ContentVerdict, ({ content, bin }) =>
  defined({ content, bin }),
);

/** For hooks that can choose other members: each is one client, and counts once. */
export const readMembers: ReadVerdict<{ readonly members: readonly string[] }> = reading(
  MembersVerdict,
  ({ members }) => (members === undefined ? undefined : { members: [...new Set(members)] }),
);
