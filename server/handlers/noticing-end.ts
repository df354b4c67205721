import type { ClientCommand } from '../../codecs/index.js';
import { endRoom } from '../conversations/notices.js';
import { Refusal } from '../domain/refusal.js';
import type { Handler } from './handler.js';

/** How a conversation is refused that there is not. */
const NOT_THERE: ReadonlySet<number> = new Set([4303, 4401]);

/**
 * No timer says that a chat room has ended because nothing had happened in it for long: who finds that it is not
 * there any more makes those hear of it who are still inside. `idOf` says which conversation a command is about.
 */
export const noticingEnd =
  <C extends ClientCommand>(handler: Handler<C>, idOf: (command: C) => string): Handler<C> =>
  async (context, command) => {
    try {
      return await handler(context, command);
    } catch (error) {
      const { app } = context;
      const id = idOf(command);
      if (error instanceof Refusal && NOT_THERE.has(error.code) && (await app.store.conversations([id])).length === 0)
        endRoom(app, { isBackEnd: true }, id);
      throw error;
    }
  };
