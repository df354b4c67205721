import type { ClientCommand } from '../../codecs/index.js';
import { endRoom } from '../conversations/notices.js';
import { Refusal } from '../domain/refusal.js';
import type { Handler } from './handler.js';

/** The codes of a refusal whose conversation does not exist. */
const NOT_THERE: ReadonlySet<number> = new Set([4303, 4401]);

/**
 * Tells the clients in a chat room that it has ended. No timer reports that a chat room has ended after a long time
 * without activity. So the first command that does not find the room causes the notices to the clients that are still
 * in it. `idOf` gives the conversation of a command.
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
        endRoom(app, { isBackEnd: true, session: context.session() }, id);
      throw error;
    }
  };
