/** The answers of the fake server itself. */
import type { ClientCommand } from '../../../codecs/index.js';
import { Refusal, refusalAnswer } from '../../../server/domain/refusal.js';
import type { Link } from '../network.js';
import type { Answers, Asking, CommandOf, World } from '../world.js';
import { mute, query, start, update } from './conversations.js';
import { add, count, furthest, remove } from './members.js';
import { direct, logs, modify, read, received } from './messages.js';
import { close, online, open, refresh } from './sessions.js';

const toConversations = (asking: Asking, command: CommandOf<'conv'>): Answers | undefined => {
  switch (command.op) {
    case 'start':
      return start(asking, command);
    case 'query':
      return query(asking, command);
    case 'update':
      return update(asking, command);
    case 'mute':
    case 'unmute':
      return mute(asking, command);
    case 'add':
      return add(asking, command);
    case 'remove':
      return remove(asking, command);
    case 'count':
      return count(asking, command);
    case 'max_read':
      return furthest(asking, command);
    default:
      return undefined;
  }
};

const toSessions = (asking: Asking, command: CommandOf<'session'>): Answers | undefined => {
  switch (command.op) {
    case 'close':
      return close(asking);
    case 'refresh':
      return refresh(asking);
    case 'query':
      return online(asking, command);
    default:
      return undefined;
  }
};

const toClients = (asking: Asking, command: ClientCommand): Answers | undefined => {
  switch (command.cmd) {
    case 'session':
      return toSessions(asking, command);
    case 'conv':
      return toConversations(asking, command);
    case 'direct':
      return direct(asking, command);
    case 'ack':
      return received(asking, command);
    case 'read':
      return read(asking, command);
    case 'logs':
      return logs(asking, command);
    case 'patch':
      return modify(asking, command);
    default:
      return undefined;
  }
};

const answered = (world: World, link: Link, command: ClientCommand): Answers | undefined => {
  if (command.cmd === 'echo') return [{ cmd: 'echo' }];
  if (command.cmd === 'session' && command.op === 'open') return open(world, link, command);
  const session = world.sessions.on(link, command.peerId);
  if (session === undefined)
    throw new Refusal(4105, `${command.peerId ?? 'nobody'} is not logged in over this connection`);
  return toClients({ world, session }, command);
};

/** The answer to a command, and what follows it; empty if this server has none. */
export const answerTo = (world: World, link: Link, command: ClientCommand): Answers | undefined => {
  try {
    return answered(world, link, command);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Acknowledgements and read marks have no serial: no client waits for an answer.
    return command.i === undefined ? [] : [refusalAnswer(error, command.cmd)];
  }
};
