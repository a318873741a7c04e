// Bad input: whatever is sent to whichever route, the answer is a problem document that says what is wrong, never a 500,
// and nothing is half-made.

import { faults } from '@mainstay/core/fault';
import { contract, type Route } from '@mainstay/wire/contract';
import { problem, problemMediaType } from '@mainstay/wire/problem';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { ownerCookie } from './harness/person.ts';
import { freshName } from './harness/sample.ts';
import { test as base } from './harness/scenario.ts';

const test = base
  .extend('server', { scope: 'file' }, ({ mainstay }): Promise<Server> => mainstay.create())
  /** Of a person, for what no token may. */
  .extend('cookie', { scope: 'file' }, ({ mainstay }) => ownerCookie(mainstay.manager));

const unknownId = '00000000-0000-4000-8000-000000000000';
const routes = Object.values(contract) as Route[];
const open = routes.filter(({ needs }) => needs === 'none');
const writing = routes.filter(({ body }) => body !== undefined);
const withId = routes.filter(({ params }) => params !== undefined);
const of = (route: Route): string => `${route.method} ${route.path}`;

interface Sent {
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** Sends it as it stands. @returns the problem, checked to be one, and its status */
async function refused(mainstay: Installation, method: string, path: string, { body, headers }: Sent = {}) {
  const before = await mainstay.servers();
  const response = await fetch(mainstay.manager.url + path, {
    method,
    headers: {
      ...(headers?.['cookie'] ? { 'sec-fetch-site': 'same-origin' } : { authorization: `Bearer ${mainstay.token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  expect({ status: response.status, text }).toMatchObject({ status: expect.toSatisfy((status: number) => status >= 400 && status < 500) });
  expect(response.headers.get('content-type')).toMatch(problemMediaType);
  const told = problem.parse(JSON.parse(text));
  expect(told).toMatchObject({ status: response.status, title: faults[told.code].title, type: `urn:mainstay:problem:${told.code}` });
  expect(told.detail.length).toBeGreaterThan(10);
  expect((await mainstay.servers()).map(({ id, revision, state }) => ({ id, revision, state }))).toEqual(
    before.map(({ id, revision, state }) => ({ id, revision, state })),
  );
  return told;
}

/** Good ones of what a path may name beside its first id. */
const others: Readonly<Record<string, string>> = {
  containerId: 'c0ffeec0ffee',
  trashId: `${unknownId}.1`,
  archiveId: `${unknownId}.${unknownId}.tar.gz`,
};

/** A route's path: its first parameter is the id. */
const pathTo = (route: Route, id: string): string =>
  route.path.replace(/:\w+/, encodeURIComponent(id)).replace(/:(\w+)/g, (_, name: string) => others[name] ?? '');

/** What some routes ask for before they look whether the thing is there. */
const needed = new Map<Route, { readonly query?: string; readonly body?: object }>([
  [contract.purgeServer, { body: { removeData: true, confirmName: 'x' } }],
  [contract.cloneServer, { body: { name: 'lobby', data: 'none' } }],
  [contract.sendConsole, { body: { line: 'list' } }],
  [contract.emptyTrash, { query: '?confirmName=x' }],
  [contract.removeArchive, { query: '?confirmName=x' }],
  [contract.saveTemplate, { body: { template: { name: 'x', server: { image: 'x' } }, version: 1 } }],
  [contract.createFromTemplate, { body: { name: 'lobby' } }],
  [contract.checkPort, { query: '?protocol=tcp&port=7777' }],
]);

describe('every route that takes a body', () => {
  test.for(writing.map((route): [string, Route] => [of(route), route]))('%s', async ([, route], { mainstay, server, cookie }) => {
    const path = pathTo(route, server.id);
    const who = route.needs === 'person' ? { cookie } : {};
    const send = (body: string, headers?: Record<string, string>) =>
      refused(mainstay, route.method, path, { body, headers: { ...who, ...headers } });

    expect(await send('{"name": ')).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(await send('\u0000\u0001')).toMatchObject({ code: 'invalid-request', status: 400 });
    for (const body of ['[]', '"text"', '42', 'null', 'true']) expect(await send(body)).toMatchObject({ status: 400 });
    const unknown = await send(JSON.stringify({ surprise: true }));
    expect(unknown).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(await send(JSON.stringify({ text: 'x'.repeat(1024 * 1024) }))).toMatchObject({ code: 'payload-too-large', status: 413 });
    expect(await send('a=b', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ code: 'unsupported-media-type' });
    expect(await send('{"__proto__": {"polluted": true}}')).toMatchObject({ status: 400 });
    expect(await send(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)).toMatchObject({ status: 400 });
  });
});

describe('every route that names something by its id', () => {
  const hostile = [
    'not-an-id',
    '../../etc/passwd',
    '..%2f..%2fetc',
    unknownId.toUpperCase(),
    `${unknownId}0`,
    "' or 1=1 --",
    '\u0000',
    'ﬁ',
    '-1',
  ];

  test.for(withId.map((route): [string, Route] => [of(route), route]))('%s', async ([, route], { mainstay, cookie }) => {
    const headers = route.needs === 'person' ? { cookie } : {};
    for (const id of hostile) {
      const told = await refused(mainstay, route.method, pathTo(route, id), { headers, ...(route.body ? { body: '{}' } : {}) });
      expect(told.status, id).toBeOneOf([400, 404]);
    }
    const { query = '', body = {} } = needed.get(route) ?? {};
    const path = pathTo(route, unknownId) + query;
    expect(await refused(mainstay, route.method, path, { headers, ...(route.body ? { body: JSON.stringify(body) } : {}) })).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('There is no'),
    });
  });
});

describe('every route that needs somebody', () => {
  test.for(
    routes.filter((route) => !open.includes(route)).map((route): [string, Route] => [of(route), route]),
  )('%s refuses who does not say who it is', async ([, route], { mainstay, server }) => {
    for (const authorization of ['', 'Bearer nonsense', 'Basic dXNlcjpwYXNz', `Bearer ${'x'.repeat(5_000)}`]) {
      const told = await refused(mainstay, route.method, pathTo(route, server.id), { headers: { authorization } });
      expect(told).toMatchObject({ code: 'unauthenticated', status: 401 });
    }
  });
});

describe('POST /api/servers', () => {
  const image = 'mainstay/sample-server:1';
  const port = { name: 'lobby', protocol: 'tcp', containerPort: 7777 };
  const volume = { name: 'world', containerPath: '/data' };
  const bad: [string, Record<string, unknown>, string][] = [
    ['no name', { name: undefined }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a name with a slash', { name: '../etc' }, '/name'],
    ['a name with spaces', { name: 'my server' }, '/name'],
    ['a name with markup', { name: '<b>x</b>' }, '/name'],
    ['a name in capitals', { name: 'Lobby' }, '/name'],
    ['a name that is no text', { name: 42 }, '/name'],
    ['a name of 61 characters', { name: 'a'.repeat(61) }, '/name'],
    ['a name with a NUL', { name: 'a\u0000b' }, '/name'],
    ['a name with a line break', { name: 'lobby\n' }, '/name'],
    ['no image', { image: undefined }, '/image'],
    ['an image with options', { image: '--privileged' }, '/image'],
    ['an image with spaces', { image: 'a b' }, '/image'],
    ['an image in capitals', { image: 'UPPER/case' }, '/image'],
    ['an unknown field', { privileged: true }, 'privileged'],
    ['host mounts', { binds: ['/:/host'] }, 'binds'],
    ['env as a list', { env: ['A=1'] }, '/env'],
    ['env with a bad name', { env: { 'A B': '1' } }, '/env'],
    ['env with a name that has an equals sign', { env: { 'A=B': '1' } }, '/env'],
    ['env with a number', { env: { A: 1 } }, '/env/A'],
    ['env with a NUL', { env: { A: '\u0000' } }, '/env/A'],
    ['a port of 0', { ports: [{ ...port, hostPort: 0 }] }, '/ports/0/hostPort'],
    ['a port of 65536', { ports: [{ ...port, hostPort: 65_536 }] }, '/ports/0/hostPort'],
    ['half a port', { ports: [{ ...port, containerPort: 1.5 }] }, '/ports/0/containerPort'],
    ['a port as text', { ports: [{ ...port, containerPort: '7777' }] }, '/ports/0/containerPort'],
    ['an unknown protocol', { ports: [{ ...port, protocol: 'sctp' }] }, '/ports/0/protocol'],
    ['one port twice', { ports: [port, port] }, '/ports/1'],
    [
      'one host port twice',
      {
        ports: [
          { ...port, hostPort: 31_999 },
          { ...port, name: 'x', containerPort: 1, hostPort: 31_999 },
        ],
      },
      '/ports/1/hostPort',
    ],
    ['too many ports', { ports: Array.from({ length: 65 }, (_, at) => ({ ...port, name: `p${at}`, containerPort: at + 1 })) }, '/ports'],
    ['a volume at a relative path', { volumes: [{ ...volume, containerPath: 'data' }] }, '/volumes/0/containerPath'],
    ['a volume at the root', { volumes: [{ ...volume, containerPath: '/' }] }, '/volumes/0/containerPath'],
    ['a volume that climbs', { volumes: [{ ...volume, containerPath: '/data/../../etc' }] }, '/volumes/0/containerPath'],
    ['a volume over /proc', { volumes: [{ ...volume, containerPath: '/proc/1' }] }, '/volumes/0/containerPath'],
    ['a volume with options', { volumes: [{ ...volume, containerPath: '/data:rw' }] }, '/volumes/0/containerPath'],
    ['a volume whose name climbs', { volumes: [{ ...volume, name: '../..' }] }, '/volumes/0/name'],
    ['a volume from the host', { volumes: [{ ...volume, hostPath: '/etc' }] }, '/volumes/0'],
    ['two volumes at one path', { volumes: [volume, { ...volume, name: 'x' }] }, '/volumes/1/containerPath'],
    ['memory below zero', { limits: { memoryMb: -1 } }, '/limits/memoryMb'],
    ['memory without end', { limits: { memoryMb: 1e12 } }, '/limits/memoryMb'],
    ['no processor at all', { limits: { cpus: 0 } }, '/limits/cpus'],
    ['a signal that is none', { stop: { signal: 'TERM; rm -rf /' } }, '/stop/signal'],
    ['a grace below zero', { stop: { graceSeconds: -1 } }, '/stop/graceSeconds'],
    ['a grace of a day', { stop: { graceSeconds: 86_400 } }, '/stop/graceSeconds'],
    ['a restart policy that is none', { restart: 'always-and-ever' }, '/restart'],
    ['an agent that is none', { agentId: 'here' }, '/agentId'],
    ['an agent that nobody knows', { agentId: unknownId }, '/agentId'],
    ['start as text', { start: 'yes' }, '/start'],
    ['a command as text', { command: 'rm -rf /' }, '/command'],
    ['an empty command', { command: [] }, '/command'],
  ];

  test.for(bad)('%s is refused, naming it', async ([, difference, place], { mainstay }) => {
    const body = JSON.stringify({ name: freshName('bad'), image, start: false, ...difference });
    const told = await refused(mainstay, 'POST', '/api/servers', { body });
    expect(told).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(JSON.stringify([told.detail, told.errors])).toContain(place);
  });
});

describe('questions', () => {
  const bad: [string, string][] = [
    ['/api/servers?limit=0', 'limit'],
    ['/api/servers?limit=many', 'limit'],
    ['/api/servers?limit=201', 'limit'],
    ['/api/servers?state=lost', 'state'],
    ['/api/servers?agentId=1', 'agentId'],
    ['/api/servers?surprise=1', 'surprise'],
    ['/api/servers?includeDeleted=perhaps', 'includeDeleted'],
    [`/api/servers?q=${'x'.repeat(101)}`, 'q'],
    [`/api/servers?cursor=${'x'.repeat(401)}`, 'cursor'],
    [`/api/servers/:serverId/logs?tail=0`, 'tail'],
    [`/api/servers/:serverId/logs?tail=1e9`, 'tail'],
    [`/api/servers/:serverId/events?cursor=%00`, 'cursor'],
    [`/api/servers/:serverId/operations?limit=-1`, 'limit'],
  ];
  test.for(bad)('GET %s', async ([path, place], { mainstay, server }) => {
    const told = await refused(mainstay, 'GET', path.replace(':serverId', server.id));
    expect(told).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(JSON.stringify([told.detail, told.errors])).toContain(place);
  });

  test('an Idempotency-Key that is none', async ({ mainstay, server }) => {
    const told = await refused(mainstay, 'POST', `/api/servers/${server.id}/restart`, { headers: { 'idempotency-key': 'a b' } });
    expect(told).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining('Idempotency-Key') });
  });

  test('a path where there is nothing', async ({ mainstay }) => {
    for (const path of ['/api/nothing', '/api/servers/x/y/z', '/api/%ff', '/api/..%2f..%2fetc%2fpasswd']) {
      expect(await refused(mainstay, 'GET', path)).toMatchObject({ code: expect.toBeOneOf(['not-found', 'invalid-request']) });
    }
  });

  test('a method that the path does not have', async ({ mainstay, server }) => {
    for (const [method, path] of [
      ['PUT', '/api/servers'],
      ['POST', `/api/servers/${server.id}`],
      ['DELETE', '/api/servers'],
      ['PATCH', '/healthz'],
    ] as const) {
      const told = await refused(mainstay, method, path);
      expect(told.code).toBeOneOf(['not-found', 'method-not-allowed']);
    }
  });
});

test('after all of it the manager is well, and the server as it was', async ({ mainstay, server }) => {
  expect(await mainstay.call(contract.readyz, {})).toEqual({ status: 'ready' });
  expect(await mainstay.server(server.id)).toEqual({ ...(await mainstay.server(server.id)), revision: server.revision, state: 'running' });
  expect((await mainstay.servers()).map(({ id }) => id)).toEqual([server.id]);
  expect(mainstay.logs()).not.toContain('a request broke');
});
