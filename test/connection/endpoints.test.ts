import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createEndpoints, routerFailure, type EndpointsOptions } from '../../src/connection/endpoints.js';
import type { Fetch } from '../../src/connection/fetch.js';
import type { ConnectionLost } from '../../src/errors.js';
import { systemClock } from '../../src/clock.js';

let elapsed = 0;
const clock = { ...systemClock, elapsed: () => elapsed };
const endpoints = (
  server: EndpointsOptions['server'],
  fetch?: Fetch,
  report: EndpointsOptions['report'] = () => undefined,
) => createEndpoints({ server, appId: 'my app', fetch, clock, report });
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
    const { asked, fetch } = answering({ server: 'wss://a', secondary: 'wss://b:8443/im', ttl: 60, groupId: 'g' });
    expect(await addresses(endpoints('https://router/', fetch).addresses$)).toEqual(['wss://a/', 'wss://b:8443/im']);
    expect(asked).toEqual(['https://router/v1/route?appId=my%20app&secure=true']);
  });

  it('are one address if the router names one, or the same one twice', async () => {
    expect(await addresses(endpoints('http://router', answering({ server: 'ws://a' }).fetch).addresses$)).toEqual([
      'ws://a/',
    ]);
    expect(
      await addresses(
        endpoints('http://router', answering({ server: 'ws://a', secondary: 'ws://a' }).fetch).addresses$,
      ),
    ).toEqual(['ws://a/']);
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

  it('never lead from TLS to a connection without it: TLS is used, and a fault says so', async () => {
    const faults: ConnectionLost[] = [];
    const { fetch } = answering({ server: 'ws://a:80/im?x=1', secondary: 'b:1' });
    const { addresses$ } = endpoints('https://router/im', fetch, (error) => faults.push(error));
    expect(await addresses(addresses$)).toEqual(['wss://a:80/im?x=1', 'wss://b:1/']);
    expect(faults.map(({ reason }) => reason)).toEqual([expect.stringMatching(/router\/im has TLS.*publicUrl/)]);
    const plain = endpoints('http://router', fetch, (error) => faults.push(error));
    expect(await addresses(plain.addresses$)).toEqual(['ws://a:80/im?x=1', 'wss://b:1/']);
    expect(faults).toHaveLength(1);
  });

  it.each([
    ['a status of a redirect', { status: 307, headers: { get: () => 'https://evil.example/?key=1' } }],
    ['a redirect that a browser hides', { status: 0, type: 'opaqueredirect' }],
    ['a redirect that was followed all the same', { status: 200, redirected: true }],
  ])('do not come from another router to which this one redirects: %s', async (_, answer) => {
    const asked: unknown[] = [];
    const fetch: Fetch = (_url, init) => {
      asked.push(init?.redirect);
      return Promise.resolve({
        ok: answer.status === 200,
        json: () => Promise.resolve({ server: 'ws://a' }),
        ...answer,
      });
    };
    await expect(firstValueFrom(endpoints('https://router', fetch).addresses$)).rejects.toMatchObject({
      _tag: 'ConnectionLost',
      reason: expect.stringMatching(/https:\/\/router\/v1\/route.* redirects(?! .*key)/) as string,
    });
    expect(asked).toEqual(['manual']);
  });

  it('that a router gives wrong are the fault of the router: it is asked again', async () => {
    const { addresses$ } = endpoints('https://router', answering({ server: 'ws://u:p@h' }).fetch);
    const error: unknown = await firstValueFrom(addresses$).catch((thrown: unknown) => thrown);
    expect(error).not.toHaveProperty('_tag');
    expect(String(error)).not.toContain('u:p');
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
    // The text of Node is "fetch failed"; its cause says why.
    await expect(firstValueFrom(endpoints('http://127.0.0.1:1').addresses$)).rejects.toThrow(/fetch failed: ./);
  });

  it('fail with a text that names the router', () => {
    expect(routerFailure(new Error('no route'))).toMatchObject({
      _tag: 'ConnectionLost',
      message: expect.stringMatching(/router.*no route/) as string,
    });
    expect(routerFailure('no route').reason).toContain('no route');
  });
});
