/** The thread that writes the database, and the one that copies it. */
import { receiveMessageOnPort, workerData, type MessagePort, parentPort } from 'node:worker_threads';
import { createCalls } from '../sql/all-calls.js';
import { carryOut } from '../sql/steps.js';
import { checkIntegrityOf, connect, type Connection, versionOf } from './connection.js';
import { settingOf } from './dialect.js';
import { loadSqlite } from './driver.js';
import { migrate, schemaVersionOf } from './migrations.js';
import { failureOf, type Asked, type Request, type Said, type Task } from './protocol.js';
import { createGroups } from './groups.js';

/** Copies the database to a new file. */
const backUp = ({ run }: Connection, target: string): void => {
  run('vacuum into $1', target);
};

const open = async (file: string, checkIntegrity: boolean): Promise<Connection> => {
  const { DatabaseSync } = await loadSqlite();
  const connection = connect(new DatabaseSync(file));
  try {
    // Before anything is changed: it may be a file of another program.
    schemaVersionOf(connection);
    connection.exec('pragma journal_mode = wal');
    // A commit is on the disk before it is answered.
    connection.exec('pragma synchronous = full');
    // 16 MB are written to the log before they are written to the database: pages that change often are written there
    // once, and not with every few commits.
    connection.exec('pragma wal_autocheckpoint = 4000');
    // 16 MB: what changes with each message stays in memory.
    connection.exec('pragma cache_size = -16000');
    // The log ahead of the database shrinks again after it was long.
    connection.exec('pragma journal_size_limit = 67108864');
    if (checkIntegrity) checkIntegrityOf(connection);
    migrate(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};

const write = async (port: MessagePort, task: Extract<Task, { _tag: 'Write' }>): Promise<void> => {
  const say = (said: Said): void => {
    port.postMessage(said);
  };
  const connection = await open(task.file, task.checkIntegrity);
  let at = 0;
  const { find, forget } = createCalls(settingOf(task.bounds, () => at));
  const groups = createGroups({
    connection,
    carryOut: (request) => {
      at = request.at;
      return carryOut(find(request.name, request.args), connection.ask);
    },
    undone: forget,
  });

  /** Everything that has arrived by now, the first message included. */
  const arrived = (first: Asked): readonly Asked[] => {
    const all = [first];
    let next: { readonly message: Asked } | undefined;
    while ((next = receiveMessageOnPort(port) as typeof next) !== undefined) all.push(next.message);
    return all;
  };

  let queue: Request[] = [];
  const carryOutQueued = (): void => {
    const requests = queue;
    queue = [];
    for (let from = 0; from < requests.length; from += task.most)
      say({ _tag: 'Outcomes', outcomes: groups.run(requests.slice(from, from + task.most)) });
  };

  const copy = (id: number, target: string): void => {
    try {
      backUp(connection, target);
      say({ _tag: 'Outcomes', outcomes: [{ id, _tag: 'Done', result: undefined }] });
    } catch (error) {
      say({ _tag: 'Outcomes', outcomes: [{ id, _tag: 'Failed', failure: failureOf(error) }] });
    }
  };

  port.on('message', (first: Asked) => {
    for (const asked of arrived(first)) {
      if (asked._tag === 'Requests') {
        queue.push(...asked.requests);
        continue;
      }
      carryOutQueued();
      if (asked._tag === 'Backup') copy(asked.id, asked.target);
      else {
        connection.close();
        port.close();
        return;
      }
    }
    carryOutQueued();
  });
  say({ _tag: 'Ready', version: versionOf(connection) });
};

const backup = async (port: MessagePort, { file, target }: Extract<Task, { _tag: 'Backup' }>): Promise<void> => {
  const { DatabaseSync } = await loadSqlite();
  const connection = connect(new DatabaseSync(file, { readOnly: true }));
  try {
    backUp(connection, target);
    const ready: Said = { _tag: 'Ready', version: versionOf(connection) };
    port.postMessage(ready);
  } finally {
    connection.close();
  }
  // Not after an error, which is not said yet.
  port.close();
};

const port = parentPort;
if (port !== null) {
  const task = workerData as Task;
  const broken = (error: unknown): void => {
    const said: Said = { _tag: 'Broken', failure: failureOf(error) };
    port.postMessage(said);
    port.close();
  };
  void (task._tag === 'Write' ? write(port, task) : backup(port, task)).catch(broken);
}
