/** Messages with local files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Subject, firstValueFrom, lastValueFrom, takeWhile, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { audio, createRealtime, file, image, upload, uploadTo } from 'rx-realtime';
import { createServer } from 'rx-realtime/server';
import { next, world } from './world.js';
import { describeMedia } from '../../src/media.js';

const { login, pair } = world();

describe('files', () => {
  it('M2: are uploaded to the store of the server, and downloaded from there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'files-'));
    const own = await createServer({ uploads: { directory, maxBytes: 1_000 } });
    const created = createRealtime({ appId: 'app', server: own.url, upload: uploadTo(own.url.replace('ws', 'http')) });
    try {
      const tom = await firstValueFrom(created.login('Tom'));
      const conversation = await firstValueFrom(tom.createConversation({ members: [] }));
      const { body } = await firstValueFrom(conversation.send(upload({ data: new File(['words'], 'a.txt') }, file)));
      expect(body.file.metaData).toMatchObject({ name: 'a.txt', size: 5, format: 'txt', mime_type: 'text/plain' });
      expect(await (await fetch(body.file.url)).text()).toBe('words');
      const tooLong = upload({ data: new Uint8Array(1_001) }, file);
      await expect(lastValueFrom(conversation.send(tooLong))).rejects.toMatchObject({
        _tag: 'ServerRejected',
        detail: expect.stringMatching(/413.*at most 1000 bytes/) as string,
      });
    } finally {
      created.close();
      await own.close();
      await rm(directory, { recursive: true });
    }
  });

  /** One red pixel. */
  const pixel = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  );

  it('M2: are uploaded first, with progress, and have metadata that describes them', async () => {
    const stored: unknown[] = [];
    const { here, there } = await pair({
      upload: (local) => {
        stored.push(local);
        return [
          { progress: 0.5 },
          { progress: 2 },
          { url: 'https://example.com/pixel.png', objId: 'o', metaData: { by: 'store' } },
        ];
      },
    });
    const heard = next(there.messages$, 1);
    const local = { data: new Uint8Array(pixel), name: 'pixel.png', type: 'image/png' };
    const progress = await lastValueFrom(
      here.trackSend(upload(local, (done) => image(done, { text: 'a pixel' }), { describe: describeMedia })).pipe(
        takeWhile(({ _tag }) => _tag !== 'sent', true),
        toArray(),
      ),
    );
    expect(progress.map((step) => (step._tag === 'uploading' ? step.progress : step._tag))).toEqual([
      0.5,
      1,
      'sending',
      'sent',
    ]);
    expect(stored).toEqual([local]);
    expect((await heard)[0]?.body).toEqual(
      image(
        {
          url: 'https://example.com/pixel.png',
          objId: 'o',
          metaData: { size: pixel.length, name: 'pixel.png', format: 'png', width: 1, height: 1, by: 'store' },
        },
        { text: 'a pixel' },
      ),
    );
  });

  it('M2: an audio file has its duration; an unreadable one is sent without it', async () => {
    const { here, there } = await pair({ upload: () => [{ url: 'u' }] });
    const heard = next(there.messages$, 2);
    await lastValueFrom(
      here.send(
        upload({ data: new Blob([silence(8_000, 2)], { type: 'audio/wav' }), name: 'a.wav' }, audio, {
          describe: describeMedia,
        }),
      ),
    );
    await lastValueFrom(
      here.send(
        upload({ data: new Blob(['nothing of the kind'], { type: 'image/png' }) }, image, { describe: describeMedia }),
      ),
    );
    const [sound, picture] = await heard;
    expect(sound?.body).toMatchObject({ file: { metaData: { name: 'a.wav', duration: 2 } } });
    expect(picture?.body).toMatchObject({ file: { url: 'u', metaData: { size: 19 } } });
  });

  it('M2: a missing, failing or wrong store is an error; unsubscribing aborts the upload', async () => {
    const local = upload({ data: new Uint8Array([1]) }, file);
    const { here } = await pair();
    await expect(lastValueFrom(here.send(local))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    for (const [index, store] of [
      () => throwError(() => new Error('full')),
      () => [{ nothing: true }] as never,
    ].entries()) {
      const client = await login(`Client ${String(index)}`, { upload: store });
      const own = await firstValueFrom(client.createConversation({ members: [] }));
      await expect(lastValueFrom(own.send(local))).rejects.toMatchObject({ _tag: 'InvalidArgument' });
    }
    const [started, aborted] = [new Subject<void>(), new Subject<void>()];
    const slow = await login('Slow', {
      upload: (_file, { signal }) => {
        signal?.addEventListener('abort', () => {
          aborted.next();
        });
        started.next();
        return new Subject<never>();
      },
    });
    const own = await firstValueFrom(slow.createConversation({ members: [] }));
    const gone = firstValueFrom(aborted);
    const storing = firstValueFrom(started);
    const sending = own.send(local).subscribe();
    await storing;
    sending.unsubscribe();
    await gone;
  });
});

/** A silent WAV file of the given length in seconds: 8 bits, mono. */
const silence = (rate: number, seconds: number): Uint8Array<ArrayBuffer> => {
  const samples = rate * seconds;
  const view = new DataView(new ArrayBuffer(44 + samples));
  const word = (offset: number, letters: string): void => {
    for (const [index, code] of Buffer.from(letters).entries()) view.setUint8(offset + index, code);
  };
  word(0, 'RIFF');
  view.setUint32(4, 36 + samples, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  word(36, 'data');
  view.setUint32(40, samples, true);
  return new Uint8Array(view.buffer);
};
