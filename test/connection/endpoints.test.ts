import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createEndpoints, routerFailure, type EndpointsOptions, type Fetch } from '../../src/connection/endpoints.js';
import { systemClock } from '../../src/clock.js';

let elapsed = 0;
const clock = { ...systemClock, elapsed: () => elapsed };
const endpoints = (server: EndpointsOptions['server'], fetch?: Fetch) =>
  createEndpoints({ server, appId: 'my app', fetch, clock });
const addresses = (addresses$: Observable<readonly string[]>): Promise<readonly string[]> => lastValueFrom(addresses$);
const answering = (json: unknown, status = 200) => {
  const asked: string[] = [];
  const fetch: Fetch = (url) => {
    asked.push(url);
    return Promise.resolve({ ok: status < 400, status, json: () => Promise.resolve(json) });
  };
  return { asked, fetch };
};

describe('endpoints', () => {
  it('are the given addresses, in their order', async () => {
    expect(await addresses(endpoints('ws://a:1').addresses$)).toEqual(['ws://a:1/']);
    expect(await addresses(endpoints(['wss://a', 'ws://b:2/path?x=1']).addresses$)).toEqual([
      'wss://a/',
      'ws://b:2/path?x=1',
    ]);
  });

  it.each([
    ['nothing', []],
    ['no address', 'my server'],
    ['another scheme', 'ftp://a'],
    ['a router beside a server', ['http://router', 'ws://a']],
    ['two routers', ['http://a', 'https://b']],
    ['no string at all', 7 as unknown as string],
  ])('are refused with examples if they can never work: %s', async (_, server) => {
    await expect(firstValueFrom(endpoints(server).addresses$)).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      message: expect.stringContaining('ws://host:port') as string,
    });
  });

  it('come from the router if its address is given', async () => {
    const { asked, fetch } = answering({ server: 'ws://a', secondary: 'ws://b', ttl: 60, groupId: 'g' });
    expect(await addresses(endpoints('https://router/', fetch).addresses$)).toEqual(['ws://a', 'ws://b']);
    expect(asked).toEqual(['https://router/v1/route?appId=my+app&secure=true']);
  });

  it('are one address if the router names one, or the same one twice', async () => {
    expect(await addresses(endpoints('http://router', answering({ server: 'ws://a' }).fetch).addresses$)).toEqual([
      'ws://a',
    ]);
    expect(
      await addresses(
        endpoints('http://router', answering({ server: 'ws://a', secondary: 'ws://a' }).fetch).addresses$,
      ),
    ).toEqual(['ws://a']);
  });

  it('are cached for the time that the router says; then, or after forget, the router is asked again', async () => {
    const { asked, fetch } = answering({ server: 'ws://a', ttl: 60 });
    const { addresses$, forget } = endpoints('http://router', fetch);
    await addresses(addresses$);
    elapsed += 59_999;
    await addresses(addresses$);
    expect(asked).toHaveLength(1);
    elapsed += 1;
    await addresses(addresses$);
    expect(asked).toHaveLength(2);
    forget();
    await addresses(addresses$);
    expect(asked).toHaveLength(3);
  });

  it('fail if the router refuses, gives a wrong answer or can not be reached', async () => {
    await expect(firstValueFrom(endpoints('http://router', answering({}, 503).fetch).addresses$)).rejects.toThrow(
      'status 503',
    );
    await expect(
      firstValueFrom(endpoints('http://router', answering({ server: 1 }).fetch).addresses$),
    ).rejects.toMatchObject({
      _tag: 'DecodeFailed',
      path: 'server',
    });
    await expect(
      firstValueFrom(endpoints('http://router', () => Promise.reject(new Error('no route'))).addresses$),
    ).rejects.toThrow('no route');
    await expect(firstValueFrom(endpoints('http://127.0.0.1:1').addresses$)).rejects.toThrow();
  });

  it('fail with a text that names the router', () => {
    expect(routerFailure(new Error('no route'))).toMatchObject({
      _tag: 'ConnectionLost',
      message: expect.stringMatching(/router.*no route/) as string,
    });
    expect(routerFailure('no route').reason).toContain('no route');
  });
});
