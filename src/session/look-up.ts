import type { Observable } from 'rxjs';
import type { ConversationInfo } from '../../codecs/index.js';

/** The server's answer about conversations. A conversation that can't be read is in neither list. */
export interface LookedUp {
  /** The current snapshots. */
  readonly infos: readonly ConversationInfo[];
  /** The ids that don't exist. */
  readonly gone: readonly string[];
}

/** Cold: asks the server about these conversations. Emits once, then completes. */
export type LookUp = (ids: readonly string[]) => Observable<LookedUp>;
