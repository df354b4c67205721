/** Edits and recalls the messages of this client after they were sent. */
import { isLeft } from '../../../codecs/either.js';
import { defer, map, tap, type Observable } from 'rxjs';
import { PatchModified, toStored, type BodyCodec, type OutgoingBody, type WireBody } from '../../../codecs/index.js';
import type { Message, Modification } from '../../../streams/index.js';
import { InvalidArgument, toRealtimeError } from '../../errors.js';
import type { ChangeMark } from '../../session/change-mark.js';
import { byteLength, MAX_BYTES } from './message-size.js';
import { refuse, type Link } from '../link.js';

/** The clients that a message mentions. */
export interface Mentions {
  /** The ids of the clients that the message mentions. */
  readonly mentions?: readonly string[];
  /** The message mentions all members. Default false. */
  readonly mentionsAll?: boolean;
}

export interface Modifier {
  readonly link: Link;
  readonly bodies: BodyCodec;
  /**
   * Called with each message that was changed, even if the command was unsubscribed: the server tells only the other
   * clients.
   */
  readonly tell: (modification: Modification) => void;
  readonly changes: Pick<ChangeMark, 'hold'>;
}

type Answer = PatchModified;

const RECALLED: WireBody = { msg: '{"_lctype":-127}' };

/** The parts of a modification that are not taken from the message itself. */
interface Change {
  readonly recall: boolean;
  readonly content: WireBody;
  readonly mentions: Mentions;
}

const modify = (
  { link, bodies, tell, changes }: Modifier,
  { conversationId, id, from, timestamp, transient }: Message,
  { recall, content, mentions: { mentions: given = [], mentionsAll = false } }: Change,
): Observable<Modification> => {
  // A copy: the caller may change its list while the answer is awaited.
  const mentions = [...given];
  const verb = recall ? 'recalled' : 'changed';
  if (from !== link.clientId)
    return refuse(new InvalidArgument(`a message can only be ${verb} by its sender, but this one is by ${from}`));
  if (transient) return refuse(new InvalidArgument(`a transient message is not stored, so it can't be ${verb}`));
  const { data } = toStored(content);
  const body = recall ? {} : content.binaryMsg === undefined ? { data: data ?? '' } : { binaryMsg: content.binaryMsg };
  const modified = ({ patchMessage: { lastPatchTime = timestamp } }: Answer): Modification => ({
    _tag: recall ? 'Recall' : 'Edit',
    conversationId,
    message: {
      conversationId,
      id,
      from,
      timestamp,
      transient,
      mentions,
      mentionsAll,
      mentioned: false,
      body: bodies.decode(content),
      editedAt: lastPatchTime,
    },
  });
  const own = changes.hold();
  const made = (answer: Answer): Modification => {
    const modification = modified(answer);
    own.made(id, modification.message.editedAt ?? timestamp);
    return modification;
  };
  return link
    .request(
      {
        cmd: 'patch',
        op: 'modify',
        patchMessage: {
          patches: [
            {
              cid: conversationId,
              mid: id,
              timestamp,
              recall,
              ...body,
              mentionPids: mentions,
              mentionAll: mentionsAll,
            },
          ],
        },
      },
      PatchModified,
      {
        late: (answer) => {
          tell(made(answer));
        },
      },
    )
    .pipe(
      map(made),
      tap({
        next: tell,
        // After any other error the server may have made the change.
        error: (error: unknown) => {
          if (toRealtimeError(error)._tag === 'ServerRejected') own.refused();
        },
      }),
    );
};

/** Cold: recalls a message. Emits the modification, then completes (protocol: patch/modify). */
export const recallMessage = (modifier: Modifier, message: Message): Observable<Modification> =>
  defer(() => modify(modifier, message, { recall: true, content: RECALLED, mentions: {} }));

/** Cold: replaces the body of a message. Emits the modification, then completes (protocol: patch/modify). */
export const editMessage = (
  modifier: Modifier,
  message: Message,
  body: OutgoingBody,
  mentions: Mentions,
): Observable<Modification> =>
  defer(() => {
    const content = modifier.bodies.encode(body);
    if (isLeft(content)) return refuse(new InvalidArgument(`this message can't be sent: ${content.left.message}`));
    const bytes = byteLength(content.right);
    if (bytes > MAX_BYTES)
      return refuse(
        new InvalidArgument(`a message has at most ${String(MAX_BYTES)} bytes, but this one has ${String(bytes)}`),
      );
    return modify(modifier, message, { recall: false, content: content.right, mentions });
  });
