/** What goes through the plugins, which may take their time. */
import type { Observable } from 'rxjs';
import { concatMapByKey, type ClientEvent, type Projected } from '../../streams/index.js';
import type { Barrier } from './barrier.js';
import type { MessageReader, Pipeline } from './message-reader.js';
import { readEvents } from './push-events.js';
import type { SessionEvent } from './session.js';

/** A push that is to be read; an own message and a barrier keep their places behind it. */
export type Unordered = Extract<SessionEvent, { _tag: 'Push' }> | Extract<ClientEvent, { _tag: 'Message' }> | Barrier;

/** Which conversation it is about; patches may be about several, and wait for each other. */
const conversationOf = (event: Unordered): string | undefined => {
  if (event._tag !== 'Push') return event.conversationId;
  const { command } = event;
  switch (command.cmd) {
    case 'direct':
      return command.directMessage.cid;
    case 'conv':
      return 'cid' in command.convMessage ? command.convMessage.cid : undefined;
    case 'rcp':
      return command.rcpMessage.cid;
    case 'patch':
      return command.op === 'modify' ? command.patchMessage.patches?.[0]?.cid : undefined;
    default:
      return undefined;
  }
};

/** Reads pushes through the plugins: those of one conversation one after the other, own messages among them. */
export const readInOrder =
  (reader: MessageReader, pipeline: Pipeline) =>
  (arriving$: Observable<Unordered>): Observable<ClientEvent | Barrier> =>
    arriving$.pipe(
      concatMapByKey(conversationOf, (event): Projected<ClientEvent | Barrier> =>
        event._tag === 'Push' ? { later: readEvents(reader, pipeline, event.command) } : { now: event },
      ),
    );
