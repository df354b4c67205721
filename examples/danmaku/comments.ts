/** What is said in the room, and what it is worth. */
import { TextType, defineMessage, type Message } from 'rx-realtime';

const KINDS = ['text', 'gift', 'superchat'] as const;
export type Kind = (typeof KINDS)[number];

/** A comment as the page needs it. */
export interface Comment {
  readonly kind: Kind;
  readonly from: string;
  readonly text: string;
  /** ms since 1970, by the server's clock. */
  readonly timestamp: number;
}

interface Paid {
  readonly kind: 'gift' | 'superchat';
  readonly text: string;
}

const isPaid = (value: unknown): value is Paid =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'gift' || value.kind === 'superchat') &&
  'text' in value &&
  typeof value.text === 'string';

/** The number of the message type of gifts and superchats. */
export const PAID = 1;
/** Gifts and superchats are a type of our own. Its codec is written by hand; io-ts has shorter ways. */
export const PaidType = defineMessage<Paid>({
  type: PAID,
  codec: {
    is: isPaid,
    decode: (json) =>
      isPaid(json) ? { _tag: 'Right', right: json } : { _tag: 'Left', left: 'neither gift nor superchat' },
    encode: ({ kind, text }) => ({ kind, text }),
  },
});

/** A message as a comment; undefined for what has no place on the screen. */
export const commentOf = ({ from, timestamp, body }: Message): Comment | undefined => {
  if (TextType.is(body)) return { kind: 'text', from, text: body.text, timestamp };
  if (PaidType.is(body)) return { ...body.fields, from, timestamp };
  return undefined;
};

/** If there are too many, the lowest rank is given up first. */
export const rankOf = ({ kind }: Comment): number => KINDS.indexOf(kind);

/** How old a comment may be when it is shown, ms. A late text is worse than none; a gift was paid for. */
export const maxAge = { text: 2_000, gift: 60_000, superchat: 60_000 } as const satisfies Record<Kind, number>;
