/** The published storage SDK against our server: the file of a message, queries and changes of conversations. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import AV from 'leancloud-storage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, type RtmServer } from 'rx-realtime/server';
import { createWx } from '../platforms/wx.js';

interface Initialized {
  init(options: object): void;
}

/** The parts of an object that its types lack. */
interface Stored {
  addUnique(key: string, value: string): unknown;
  save(attributes: null, options: object): Promise<unknown>;
}
const stored = (object: object): Stored => object as Stored;

let server: RtmServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  server = await createServer({
    appId: 'app-MdYXbMMI',
    masterKey: 'master',
    signed: [],
    uploads: { directory, anonymous: true },
  });
  const serverURL = server.url.replace('ws:', 'http:');
  (AV as unknown as Initialized).init({ appId: 'app-MdYXbMMI', appKey: 'key', masterKey: 'master', serverURL });
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const asBackEnd = { useMasterKey: true };

describe('JavaScript storage SDK', () => {
  it('AV.File#save uploads a file, whose url a message can have', async () => {
    const file = new AV.File('cat.txt', Buffer.from('meow'), 'text/plain');
    await file.save();
    expect(file.id).toEqual(expect.any(String));
    expect(await (await fetch(file.url())).text()).toBe('meow');
    const external = AV.File.withURL('dog.png', 'https://example.com/dog.png');
    await external.save();
    expect(external.id).toEqual(expect.any(String));
  });

  it('AV.File#save in a mini program sends a form, and tells its progress', async () => {
    const bundle = createRequire(import.meta.url).resolve('leancloud-storage/dist/av-weapp.js');
    const { wx } = createWx();
    // What a mini program has.
    const realm = createContext({ wx, console, setTimeout, clearTimeout, setInterval, clearInterval });
    runInContext(`var self = this, global = this, window = this;${await readFile(bundle, 'utf8')}`, realm);
    const path = join(directory, 'mouse.txt');
    await writeFile(path, 'squeak');
    const program = `
      AV.init({ appId: 'app-MdYXbMMI', appKey: 'key', serverURL: ${JSON.stringify(server.url.replace('ws:', 'http:'))} });
      const percents = [];
      new AV.File('mouse.txt', { blob: { uri: ${JSON.stringify(path)} } })
        .save({ onprogress: ({ percent }) => percents.push(percent) })
        .then((file) => [file.url(), Math.max(...percents)]);`;
    const [url, percent] = (await runInContext(program, realm)) as [string, number];
    expect([await (await fetch(url)).text(), percent]).toEqual(['squeak', 100]);
  });

  it('AV.Query finds and counts conversations, also with a long condition; AV.Object changes them', async () => {
    const { id } = await server.backEnd.create({ members: ['Tom', 'Jerry'], name: 'Cats', attributes: { level: 3 } });
    const query = new AV.Query('_Conversation');
    query.equalTo('m', 'Tom').greaterThan('level', 1).descending('updatedAt').limit(5);
    const [found] = await query.find(asBackEnd);
    expect([found?.id, found?.get('name'), found?.createdAt instanceof Date]).toEqual([id, 'Cats', true]);
    expect(await query.count(asBackEnd)).toBe(1);
    const long = new AV.Query('_Conversation').containedIn('name', [
      'Cats',
      ...Array.from({ length: 200 }, (_, n) => `name ${n}`),
    ]);
    expect((await long.find(asBackEnd)).map((each) => each.id)).toEqual([id]);
    const one = await new AV.Query('_Conversation').get(id, asBackEnd);
    one.set('level', 4);
    stored(one).addUnique('m', 'Spike');
    await stored(one).save(null, asBackEnd);
    expect(await server.backEnd.get(id)).toMatchObject({
      members: ['Tom', 'Jerry', 'Spike'],
      attributes: { level: 4 },
    });
    await one.destroy(asBackEnd);
    await expect(new AV.Query('_Conversation').get(id, asBackEnd)).rejects.toMatchObject({ code: 101 });
  });

  it('AV.Conversation is created, and sends for a client', async () => {
    const room = new AV.Conversation('Open');
    room.set('m', ['Tom', 'Jerry']);
    await stored(room).save(null, asBackEnd);
    const id = String(room.id);
    await room.send('Tom', { _lctype: -1, _lctext: 'hi' }, {}, asBackEnd);
    expect(await server.backEnd.history(id)).toMatchObject([{ from: 'Tom', msg: '{"_lctype":-1,"_lctext":"hi"}' }]);
  });
});
