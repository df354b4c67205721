import { defer, finalize, type Observable } from 'rxjs';
import { shareLatest } from '../../streams/index.js';
import { perClient, type ConversationInternals } from './internals.js';

/**
 * One stream for each conversation. All handles of the conversation share it, and it is replayed. It is created for
 * the first subscriber, and removed after the last one.
 */
export const sharedByConversation = <T>(
  make: (conversation: ConversationInternals) => Observable<T>,
): ((conversation: ConversationInternals) => Observable<T>) => {
  const streamsOf = perClient(() => new Map<string, Observable<T>>());
  return (conversation) =>
    defer(() => {
      const streams = streamsOf(conversation.client);
      const known$ = streams.get(conversation.id);
      if (known$ !== undefined) return known$;
      const shared$ = make(conversation).pipe(
        finalize(() => streams.delete(conversation.id)),
        shareLatest(),
      );
      streams.set(conversation.id, shared$);
      return shared$;
    });
};
