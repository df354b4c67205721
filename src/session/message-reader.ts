import type { BodyCodec, WireBody } from '../../codecs/index.js';
import type { Observable } from 'rxjs';
import type { Message } from '../../streams/index.js';
import type { Fault } from '../faults.js';

/** What plugins make of bodies and messages on their way in. */
export interface Pipeline {
  /** Cold: a body after all `beforeParse`; emits once, synchronously where all of them answer at once. */
  readonly content: (content: WireBody) => Observable<WireBody>;
  /** Cold: a message after all `afterParse`; the same. */
  readonly message: (message: Message) => Observable<Message>;
}

/** What reading a message needs to know. */
export interface MessageReader {
  /** The client's own id. */
  readonly self: string;
  readonly bodies: BodyCodec;
  readonly report: (fault: Fault) => void;
  /** The middlewares of plugins, where there are any. */
  readonly pipeline: Pipeline | undefined;
}
