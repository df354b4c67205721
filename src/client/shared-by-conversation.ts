import { defer, distinctUntilChanged, finalize, startWith, type Observable } from 'rxjs';
import { shareLatest } from '../../streams/index.js';
import { emptyAtEnd } from './empty-at-end.js';
import { perClient, type ConversationInternals } from './internals.js';

/**
 * One state for each conversation. All handles of the conversation share it, and it is replayed. It is created for
 * the first subscriber, and removed after the last one. It is `nothing` at first, and when the client has ended.
 */
export const sharedByConversation = <T>(
  nothing: T,
  make: (conversation: ConversationInternals) => Observable<T>,
): ((conversation: ConversationInternals) => Observable<T>) => {
  const streamsOf = perClient(() => new Map<string, Observable<T>>());
  return (conversation) =>
    defer(() => {
      const streams = streamsOf(conversation.client);
      const known$ = streams.get(conversation.id);
      if (known$ !== undefined) return known$;
      const shared$ = make(conversation).pipe(
        startWith(nothing),
        emptyAtEnd(conversation.client.open$, nothing),
        distinctUntilChanged(),
        finalize(() => streams.delete(conversation.id)),
        shareLatest(),
      );
      streams.set(conversation.id, shared$);
      return shared$;
    });
};
