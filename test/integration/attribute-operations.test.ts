/** Commands that the server carries out on attributes: whoever sends them at the same time, all of them count. */
import { filter, firstValueFrom, lastValueFrom, merge, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { addToList, addUniqueToList, createRoom, increment, removeFromList } from 'rx-realtime';
import { world } from './world.js';

const { pair, login } = world();

it('increments of two clients at the same time all count, and each emits undefined once and completes', async () => {
  const { here, there } = await pair();
  const all = Array.from({ length: 10 }, (_, n) => increment(n % 2 === 0 ? here : there, 'votes.yes', n));
  expect(await lastValueFrom(merge(...all).pipe(toArray()))).toEqual(all.map(() => undefined));
  for (const handle of [here, there])
    expect(
      await firstValueFrom(handle.state$.pipe(filter(({ attributes }) => JSON.stringify(attributes).includes('45')))),
    ).toMatchObject({ attributes: { votes: { yes: 45 } } });
});

it('state$ shows the final value when the command emits, and the other clients are told it', async () => {
  const { here, there } = await pair();
  const told = firstValueFrom(there.events$.pipe(filter(({ _tag }) => _tag === 'Attributes')));
  const state = async (): Promise<unknown> => (await firstValueFrom(here.state$)).attributes;
  await firstValueFrom(here.state$);
  await firstValueFrom(addToList(here, 'topics', ['cheese', 'cheese']));
  expect(await state()).toEqual({ topics: ['cheese', 'cheese'] });
  expect(await told).toMatchObject({ changed: { topics: ['cheese', 'cheese'] }, by: 'Tom' });
  await firstValueFrom(addUniqueToList(here, 'topics', ['cheese', 'mice']));
  expect(await state()).toEqual({ topics: ['cheese', 'cheese', 'mice'] });
  await firstValueFrom(removeFromList(here, 'topics', ['cheese']));
  expect(await state()).toEqual({ topics: ['mice'] });
});

it('the log tells each change once', async () => {
  const { here, there } = await pair();
  const told: unknown[] = [];
  for (const handle of [here, there])
    handle.events$.pipe(filter(({ _tag }) => _tag === 'Attributes')).subscribe((event) => told.push(event));
  await firstValueFrom(increment(here, 'votes'));
  await firstValueFrom(merge(here.count(), there.count()).pipe(toArray()));
  expect(told).toHaveLength(2);
});

it('what does not fit is refused, by the server with 4306 or before it is sent', async () => {
  const { here } = await pair();
  await firstValueFrom(here.update({ attributes: { text: 't' } }));
  await expect(firstValueFrom(increment(here, 'text'))).rejects.toMatchObject({ _tag: 'ServerRejected', code: 4306 });
  for (const refused of [increment(here, 'votes', NaN), increment(here, 'name'), addToList(here, 'm', ['Spike'])])
    await expect(firstValueFrom(refused)).rejects.toMatchObject({ _tag: 'InvalidArgument' });
});

it('they work in a chat room, too', async () => {
  const tom = await login('Tom');
  const lobby = await firstValueFrom(createRoom(tom));
  await firstValueFrom(increment(lobby, 'likes', 3));
  expect((await firstValueFrom(lobby.state$)).attributes).toEqual({ likes: 3 });
});

it('a client that has seen an outline of a conversation sees all of it after it has joined, and each change once', async () => {
  const { here } = await pair();
  await firstValueFrom(here.update({ attributes: { secret: 1 } }));
  const spike = await login('Spike');
  const seen = await firstValueFrom(spike.fetchConversation(here.id));
  const joined: unknown[] = [];
  seen.events$
    .pipe(filter(({ _tag }) => _tag === 'Joined' || _tag === 'Attributes'))
    .subscribe((event) => joined.push(event));
  await firstValueFrom(seen.join());
  await firstValueFrom(seen.count());
  expect(joined).toMatchObject([{ _tag: 'Joined', members: ['Spike'] }]);
});
