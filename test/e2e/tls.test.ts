// The manager behind TLS: by its own certificate, renewed while connections stand; or by a proxy in front, believed only where
// it was named. An agent goes by the certificate.

import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHost, type Host } from './harness/host.ts';
import { ownDirectory } from './harness/ledger.ts';
import { createManager, type Manager } from './harness/manager.ts';
import { openNginx } from './harness/nginx.ts';
import { runProgram, type Settings } from './harness/program.ts';
import { ask, type Certificate, openProxy, writeCertificate } from './harness/tls.ts';
import { until } from './harness/until.ts';

async function opened(settings: Settings): Promise<Manager & { readonly directory: string }> {
  const directory = ownDirectory('manager');
  const manager = await createManager(directory, settings);
  await manager.start();
  onTestFinished(() => manager.kill());
  return { ...manager, directory };
}
const byFiles = ({ certFile, keyFile }: Certificate): Settings => ({ MAINSTAY_TLS_CERT: certFile, MAINSTAY_TLS_KEY: keyFile });

/** Signs in. @returns the cookie as it was set */
async function signedIn(manager: Manager, url: string, ca: string, headers: Record<string, string> = {}): Promise<string> {
  const link = await manager.secret('sign-in-link');
  const code = link.split('#code=')[1];
  const { status, cookies, text } = await ask(`${url}/api/session`, { ca, method: 'POST', headers, body: { code } });
  expect({ status, text }).toMatchObject({ status: 200 });
  return cookies.join();
}

async function host(manager: Manager, settings: Settings, managerUrl = manager.url): Promise<Host & { log(): string }> {
  const directory = ownDirectory('host');
  const joinToken = await manager.secret('join-token', 'create');
  const made = createHost({ directory, name: 'host', managerUrl, joinToken, settings });
  made.start();
  onTestFinished(() => made.kill());
  return { ...made, log: () => readFileSync(join(directory, 'host.log'), 'utf8') };
}

describe('a manager with a certificate', () => {
  test('serves https with it, sets cookies that go nowhere else, and prints https addresses', async () => {
    const certificate = writeCertificate(ownDirectory('tls'));
    const manager = await opened(byFiles(certificate));
    expect((await ask(`${manager.url}/healthz`, { ca: certificate.cert })).status).toBe(200);
    expect(await signedIn(manager, manager.url, certificate.cert)).toMatch(/; Secure/);
    expect(await manager.secret('sign-in-link')).toMatch(/^https:/);
  });

  test('serves a renewed one to whoever comes, and drops nobody', async () => {
    const directory = ownDirectory('tls');
    const first = writeCertificate(directory);
    const manager = await opened(byFiles(first));
    const agent = new Agent({ ca: first.cert, keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const before = await ask(`${manager.url}/healthz`, { ca: first.cert, agent });
    const second = writeCertificate(directory);
    const after = await until('the renewed certificate', () => ask(`${manager.url}/healthz`, { ca: second.cert }));
    expect(after.serial).not.toBe(before.serial);
    const kept = await ask(`${manager.url}/healthz`, { ca: first.cert, agent });
    expect(kept).toMatchObject({ status: 200, socket: before.socket });
  });

  test('is linked to by an agent that was given the authority, and by no other', async () => {
    const certificate = writeCertificate(ownDirectory('tls'));
    const manager = await opened(byFiles(certificate));
    const [trusting, wary] = await Promise.all([host(manager, { NODE_EXTRA_CA_CERTS: certificate.certFile }), host(manager, {})]);
    await until('the agent linked', () => trusting.log().includes('"linked"'));
    await until('the other’s reason, and the way out', () => /self-signed certificate.*NODE_EXTRA_CA_CERTS/.test(wary.log()));
    expect(wary.log()).not.toMatch(/\n? +at /);
    expect(wary.log()).not.toContain('"linked"');
  });

  test.for([
    ['no certificate', { MAINSTAY_TLS_CERT: '/nonexistent.pem', MAINSTAY_TLS_KEY: '/nonexistent.pem' }, /nonexistent\.pem is not there\.$/],
    ['a certificate alone', { MAINSTAY_TLS_CERT: '/cert.pem' }, /MAINSTAY_TLS_CERT and MAINSTAY_TLS_KEY belong together/],
    ['a proxy’s name for an address', { MAINSTAY_TRUSTED_PROXIES: 'proxy.local' }, /MAINSTAY_TRUSTED_PROXIES has “proxy.local”/],
    ['a network that is none', { MAINSTAY_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/33' }, /“10.0.0.0\/33”/],
    ['the whole world as proxy', { MAINSTAY_TRUSTED_PROXIES: '0.0.0.0/0' }, /“0.0.0.0\/0”/],
  ] as const)('does not start with %s, and says so in one line', async ([, settings, reason]) => {
    const ran = await runProgram(['manager'], { MAINSTAY_HOME: ownDirectory('home'), MAINSTAY_PORT: '0', ...settings });
    expect(ran.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(reason)]);
    expect(ran.code).not.toBe(0);
  });

  test('does not start with another’s key', async () => {
    const [one, other] = [writeCertificate(ownDirectory('tls')), writeCertificate(ownDirectory('tls'))];
    const settings = { MAINSTAY_TLS_CERT: one.certFile, MAINSTAY_TLS_KEY: other.keyFile };
    const ran = await runProgram(['manager'], { MAINSTAY_HOME: ownDirectory('home'), MAINSTAY_PORT: '0', ...settings });
    expect(ran.stderr).toContain(one.certFile);
    expect(ran.code).not.toBe(0);
  });
});

describe('a proxy in front', () => {
  test('that is a real nginx, set up as the guide says: the page is signed in to, and agents link through it', async () => {
    const certificate = writeCertificate(ownDirectory('tls'));
    const manager = await opened({ MAINSTAY_TRUSTED_PROXIES: '127.0.0.1' });
    const nginx = await openNginx(manager.url, certificate);
    onTestFinished(() => nginx.close());
    const origin = { origin: nginx.url };
    const cookie = await signedIn(manager, nginx.url, certificate.cert, origin);
    expect(cookie).toMatch(/; Secure/);
    const signOut = { ca: certificate.cert, method: 'DELETE', headers: { ...origin, cookie: cookie.split(';')[0] ?? '' } };
    expect((await ask(`${nginx.url}/api/session`, signOut)).status).toBe(204);
    const linked = await host(manager, { NODE_EXTRA_CA_CERTS: certificate.certFile }, nginx.url);
    await until('the agent linked', () => linked.log().includes('"linked"'));
  });

  test('that was named is believed: cookies are for https, and agents link through it', async () => {
    const certificate = writeCertificate(ownDirectory('tls'));
    const manager = await opened({ MAINSTAY_TRUSTED_PROXIES: '127.0.0.1, ::1' });
    const proxy = await openProxy(manager.url, certificate);
    onTestFinished(() => proxy.close());
    const origin = { origin: proxy.url };
    const cookie = await signedIn(manager, proxy.url, certificate.cert, origin);
    expect(cookie).toMatch(/; Secure/);
    // A browser without Sec-Fetch-Site: the page's origin is the proxy's, which only its headers tell.
    const signOut = { ca: certificate.cert, method: 'DELETE', headers: { ...origin, cookie: cookie.split(';')[0] ?? '' } };
    expect((await ask(`${proxy.url}/api/session`, signOut)).status).toBe(204);
    const linked = await host(manager, { NODE_EXTRA_CA_CERTS: certificate.certFile }, proxy.url);
    await until('the agent linked', () => linked.log().includes('"linked"'));
  });

  test('that nobody named is not: whatever it says, the connection is what it is', async () => {
    const certificate = writeCertificate(ownDirectory('tls'));
    const manager = await opened({ MAINSTAY_TRUSTED_PROXIES: '192.0.2.0/24' });
    const proxy = await openProxy(manager.url, certificate);
    onTestFinished(() => proxy.close());
    const cookie = await signedIn(manager, proxy.url, certificate.cert);
    expect(cookie).not.toMatch(/; Secure/);
    const headers = { origin: proxy.url, cookie: cookie.split(';')[0] ?? '' };
    expect((await ask(`${proxy.url}/api/session`, { ca: certificate.cert, method: 'DELETE', headers })).status).toBe(403);
  });
});
