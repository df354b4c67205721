import type { Observable } from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';

/** What the server says of conversations: what can't be read is in neither list. */
export interface LookedUp {
  /** As the server describes them now. */
  readonly infos: readonly ConversationInfo[];
  /** Ids of those that don't exist. */
  readonly gone: readonly string[];
}

/** Cold: what the server says of these conversations; emits once, then completes. */
export type LookUp = (ids: readonly string[]) => Observable<LookedUp>;
