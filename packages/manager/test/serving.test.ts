// What holds for every answer and every request, whatever it is about: headers that keep browsers strict, requests that take too long
// or say too much, and a log in which nobody writes lines of their own.

import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ManagerConfig } from '@mainstay/manager/config';
import { startManager } from '@mainstay/manager/main';
import { contract, type Route } from '@mainstay/wire/contract';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ownManager } from './harness.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
beforeAll(async () => {
  manager = await ownManager({ requestWithinMs: 500 });
});
afterAll(() => manager.end());

/** Sends bytes as they stand. @returns what came back until the other end closed */
async function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  let said = '';
  socket.on('data', (piece) => {
    said += piece.toString();
  });
  socket.write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

describe('every answer of the API', () => {
  const readable = (Object.values(contract) as Route[]).filter(({ method }) => method === 'GET');
  const strict = (headers: Headers) => ({
    'x-content-type-options': headers.get('x-content-type-options'),
    'referrer-policy': headers.get('referrer-policy'),
    'cache-control': headers.get('cache-control'),
    policy: headers.get('content-security-policy')?.includes("frame-ancestors 'none'"),
  });
  const asWished = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', policy: true };

  it.each(readable.map(({ path }) => path))('keeps browsers strict: %s', async (path) => {
    const id = crypto.randomUUID();
    const { headers, body } = await fetch(manager.url + path.replace(/:\w+/g, id), {
      headers: { authorization: `Bearer ${manager.token}` },
    });
    if (path.startsWith('/api/')) expect(strict(headers)).toEqual(asWished);
    else expect(headers.get('x-content-type-options')).toBe('nosniff');
    await body?.cancel();
  });

  it('does so too where it refuses, finds nothing, or cannot read what is asked', async () => {
    const server = await manager.server('console', 'running');
    const stream = contract.followConsole.path.replace(':serverId', server);
    for (const path of ['/api/servers', '/api/nothing', '/api/servers/%E0%A4%A', stream]) {
      const headers = path === stream ? { authorization: `Bearer ${manager.token}` } : {};
      const response = await fetch(manager.url + path, { headers });
      expect(strict(response.headers), path).toMatchObject({ 'x-content-type-options': 'nosniff', policy: true });
      await response.body?.cancel();
    }
  });
});

describe('a request', () => {
  it('that never comes to its end is ended', async () => {
    const head = 'POST /api/session/password HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{';
    expect(await raw(manager.url, head)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('whose head alone is larger than any is refused', async () => {
    const head = `GET /api/healthz HTTP/1.1\r\nhost: x\r\nx-much: ${'x'.repeat(17_000)}\r\n\r\n`;
    expect(await raw(manager.url, head)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

/** A manager whose log is read. */
async function logged(settings: Partial<ManagerConfig>) {
  const directory = await mkdtemp(join(tmpdir(), 'mainstay-log-'));
  const pieces: string[] = [];
  const log = pino({ level: 'trace' }, { write: (piece: string) => void pieces.push(piece) });
  const config = { directory, host: '127.0.0.1', port: 0, webDirectory: null, templatesDirectory: null, ...settings };
  const started = await startManager(config, 'test', log);
  onTestFinished(async () => {
    await started.stop();
    await rm(directory, { recursive: true });
  });
  return {
    url: started.url,
    lines: () =>
      pieces
        .join('')
        .split('\n')
        .filter((line) => line !== ''),
  };
}

describe('the log', () => {
  it('holds no line that a stranger has written', async () => {
    const { url, lines } = await logged({});
    const forged = '{"level":60,"msg":"forged"}';
    const hostile = `x\n${forged}\r\n${forged}\u2028${forged}`;
    const post = (path: string, body: object) =>
      fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': 'x' }, body: JSON.stringify(body) });
    await fetch(`${url}/api/${encodeURIComponent(hostile)}`);
    await post(contract.signInByPassword.path, { name: hostile, password: hostile });
    await post(contract.signIn.path, { code: hostile });
    await post(contract.joinAgent.path, { joinToken: hostile, name: hostile, publicKey: hostile, signature: hostile });
    await post(contract.finishSso.path, { query: hostile });
    await raw(url, `GET / HTTP/1.1\r\nhost: x\r\nx: ${forged}\n${forged}\r\n\r\n`);
    expect(lines().length).toBeGreaterThan(0);
    for (const line of lines()) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number), time: expect.anything() });
    expect(lines()).not.toContain(forged);
  });

  it.each([
    ['without TLS to other machines', { host: '0.0.0.0' }, true],
    ['to this machine alone', {}, false],
    ['behind a proxy that has TLS', { host: '0.0.0.0', publicUrl: 'https://mainstay.example' }, false],
    ['behind one that has none', { host: '0.0.0.0', publicUrl: 'http://mainstay.example' }, true],
  ])('warns where the page is served %s', async (_, settings, warned) => {
    const { lines } = await logged(settings);
    expect(lines().some((line) => line.includes('WITHOUT TLS'))).toBe(warned);
  });
});

it('browsers are told to come by TLS alone where the page has a name that is served so', async () => {
  const header = async (url: string) => (await fetch(`${url}/api/healthz`)).headers.get('strict-transport-security');
  expect(await header(manager.url)).toBeNull();
  expect(await header((await logged({ publicUrl: 'https://mainstay.example' })).url)).toMatch(/^max-age=\d+$/);
});
