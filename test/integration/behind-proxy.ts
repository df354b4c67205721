/**
 * A client in a process of its own, which trusts the certificate of a test (`NODE_EXTRA_CA_CERTS`). Its arguments are
 * addresses; it prints one line of JSON: what it has found out by each of them.
 */
import { catchError, firstValueFrom, lastValueFrom, of, switchMap, timeout } from 'rxjs';
import { createRealtime, file, upload, uploadTo, user } from '../../src/index.node.js';

const LIMIT = 10_000;

/** Socket, HTTP API and uploads of one address, or the reason why nobody could log in. */
const visit = async (server: string): Promise<object> => {
  using realtime = createRealtime({ appId: 'app', server, upload: uploadTo() });
  const found$ = realtime.login(user({ sessionToken: 'token of Tom' })).pipe(
    switchMap(async (client) => {
      const conversation = await firstValueFrom(client.createConversation({ members: [] }));
      const local = { data: new Uint8Array(200_000), name: 'a.mp4' };
      const { body } = await lastValueFrom(conversation.send(upload(local, file)));
      const part = await fetch(body.file.url, { headers: { range: 'bytes=0-9' } });
      const bytes = await part.arrayBuffer();
      return { id: client.id, url: body.file.url, status: part.status, bytes: bytes.byteLength };
    }),
    timeout(LIMIT),
    catchError((error: unknown) => of({ error: String(error) })),
  );
  return await firstValueFrom(found$);
};

process.stdout.write(`${JSON.stringify(await Promise.all(process.argv.slice(2).map(visit)))}\n`);
process.exit(0);
