/**
 * `npm run soak:import -- --messages 1000000`: writes an export with so many messages, and imports it twice. Then the
 * published client reads conversations and their history from a server. It prints how long it took and how much memory
 * it needed. The last line is JSON. The exit status is 1 if something is missing. `--database` names a PostgreSQL,
 * `RX_REALTIME_DATABASE_PASSWORD` has its password.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readAsPublished } from './soak-reading.js';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    conversations: { type: 'string', default: '10000' },
    database: { type: 'string' },
  },
});
const [messages, conversations] = [Number(values.messages), Number(values.conversations)];
if (!(messages > 0 && conversations > 0)) throw new Error('--messages and --conversations need numbers above 0');

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const DAY = 86_400_000;
const now = Date.now();
const idOf = (index: number): string => (index % conversations).toString(16).padStart(24, '0');
const clientOf = (index: number): string => `client-${index % (conversations * 2)}`;
const messageIdOf = (index: number): string => `message-${index.toString(36)}`;
const at = (index: number): number => now - 100 * DAY + Math.floor((index / messages) * 99 * DAY);

const linesOfConversations = function* (): Generator<string> {
  yield '#filetype:JSON-streaming {"type":"Class","class":"_Conversation"}\n';
  const [createdAt, updatedAt] = [new Date(now - 101 * DAY).toISOString(), new Date(now - DAY).toISOString()];
  for (let index = 0; index < conversations; index += 1) {
    const m = [clientOf(index), clientOf(index + 1), clientOf(index + 2)];
    const conversation = {
      objectId: idOf(index),
      name: `group ${index}`,
      c: m[0],
      m,
      createdAt,
      updatedAt,
      topic: index,
    };
    yield `${JSON.stringify(conversation)}\n`;
  }
};

const linesOfMessages = function* (): Generator<string> {
  for (let index = 0; index < messages; index += 1) {
    const message = {
      timestamp: at(index),
      'conv-id': idOf(index),
      data: JSON.stringify({ _lctype: -1, _lctext: `message ${index}, ${'words '.repeat(index % 20)}` }),
      from: clientOf(index),
      'msg-id': messageIdOf(index),
      'is-conv': true,
      'is-room': false,
      bin: false,
    };
    yield `${JSON.stringify(message)}\n`;
  }
};

const program = fileURLToPath(new URL('../../dist/bundled/server/bin.js', import.meta.url));
const figures = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.error('peak', maxRSS, 'cpu', Math.round((userCPUTime + systemCPUTime) / 1e5) / 10);
})`;

interface Run {
  readonly text: string;
  readonly seconds: number;
  /** Time of the processor, of all threads. */
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

/** The option that says where everything is. */
const placeIn = (directory: string): readonly string[] =>
  values.database === undefined ? ['--data', join(directory, 'data')] : ['--database', values.database];

const importing = async (directory: string, files: readonly string[]): Promise<Run> => {
  const place = placeIn(directory);
  const argv = ['import', ...place, '--report', join(directory, 'report.txt'), ...files];
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${figures}`, program, ...argv]);
  let [text, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
    const line = chunk.toString().trim();
    if (!line.startsWith('peak')) say(line);
  });
  await once(child, 'close');
  return {
    text,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    cpuSeconds: Number(/cpu ([\d.]+)/.exec(errors)?.[1] ?? NaN),
    peakMB: Math.round(Number(/peak (\d+)/.exec(errors)?.[1] ?? NaN) / 1_024),
  };
};

const directory = await mkdtemp(join(tmpdir(), 'rx-realtime-import-'));
try {
  const files = [join(directory, '_Conversation.0.jsonl'), join(directory, 'messages.jsonl')] as const;
  await pipeline(Readable.from(linesOfConversations()), createWriteStream(files[0]));
  await pipeline(Readable.from(linesOfMessages()), createWriteStream(files[1]));
  const megabytes = Math.round((await stat(files[1])).size / 1_048_576);
  say(`${messages} messages in ${conversations} conversations: ${megabytes} MB`);
  const first = await importing(directory, files);
  say(first.text.trim());
  const again = await importing(directory, files);
  say(again.text.trim());
  const numbers = new Intl.NumberFormat('en');
  const isWhole =
    first.text.includes(`${numbers.format(conversations)} conversations and ${numbers.format(messages)} messages`) &&
    again.text.includes(`left as they are: ${numbers.format(conversations + messages)}`);
  const read = await readAsPublished({
    program,
    place: placeIn(directory),
    clientId: clientOf(1),
    // Its members are this one and the two after it.
    conversations: conversations < 3 ? [] : [idOf(0), idOf(1)],
    messagesOf: (id) => {
      const first = parseInt(id, 16);
      return Array.from({ length: Math.ceil((messages - first) / conversations) }, (_, n) =>
        messageIdOf(first + n * conversations),
      );
    },
  });
  if (!isWhole || !read.isWhole) process.exitCode = 1;
  const { seconds, cpuSeconds, peakMB } = first;
  say(
    JSON.stringify({
      messages,
      megabytes,
      seconds,
      cpuSeconds,
      peakMB,
      againSeconds: again.seconds,
      againPeakMB: again.peakMB,
      readConversations: read.conversations,
      readMessages: read.messages,
      isWhole: isWhole && read.isWhole,
    }),
  );
} finally {
  await rm(directory, { recursive: true });
}
