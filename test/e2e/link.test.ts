// The link: nothing is heard of a socket before it has proven which agent it is, and one that has proven itself is
// believed about nothing but its own servers. A join token is good once.

import { createConnection } from 'node:net';
import { loadKey } from '@mainstay/agent/identity';
import { joinPayload } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import { closeCodes, linkPath, provePayload } from '@mainstay/wire/link';
import { describe, expect } from 'vitest';
import { type Installation, openInstallation } from './harness/installation.ts';
import { ownDirectory } from './harness/ledger.ts';
import { test } from './harness/scenario.ts';
import { allGone, knock } from './harness/stranger.ts';

describe('an upgrade to nowhere', () => {
  // What a stranger writes as the path of an upgrade: some of it makes a parser of addresses throw.
  test.for([
    '//',
    '///',
    'http://',
    '/',
    '/api/linked',
    '/api/events',
    `${linkPath}/../link`,
  ])('%s is refused, and the manager stays', async (path, { mainstay }) => {
    const { hostname, port } = new URL(mainstay.manager.url);
    const socket = createConnection(Number(port), hostname);
    socket.on('error', () => undefined);
    const answered = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (piece) => (text += piece.toString()));
      socket.on('close', () => resolve(text));
    });
    const headers = [
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ];
    socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    expect(await answered).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await mainstay.call(contract.healthz, {})).toEqual({ status: 'ok' });
  });
});

describe('a socket that has not proven itself', () => {
  test('is closed when it does not prove itself in time, and the agent stays online', async ({ mainstay }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    await stranger.hello(before.id);
    expect(await stranger.closed).toBe(closeCodes.unproven);
    expect(await mainstay.agent()).toMatchObject({ online: true, since: before.since });
  });

  test('with another key than the agent joined with is refused and closed', async ({ mainstay }) => {
    const agent = await mainstay.agent();
    const wrong = await loadKey(ownDirectory('key'));
    const stranger = await knock(mainstay);
    const { installationId, nonce } = await stranger.hello(agent.id);
    expect(await stranger.refused(wrong.sign(provePayload(installationId, agent.id, nonce)), agent)).toBe(closeCodes.unproven);
    expect(await mainstay.agent()).toMatchObject({ online: true, since: agent.since });
  });

  test('with a proof that was made for another connection is refused and closed', async ({ mainstay }) => {
    const agent = await mainstay.agent();
    const key = await loadKey(mainstay.host.home);
    const first = await knock(mainstay);
    const { installationId, nonce } = await first.hello(agent.id);
    const overheard = key.sign(provePayload(installationId, agent.id, nonce));

    const second = await knock(mainstay);
    expect((await second.hello(agent.id)).nonce).not.toBe(nonce);
    expect(await second.refused(overheard, agent)).toBe(closeCodes.unproven);
    first.close();
    expect(await mainstay.agent()).toMatchObject({ online: true, since: agent.since });
  });

  test('of an agent that nobody knows is told that it is revoked', async ({ mainstay }) => {
    const agent = await mainstay.agent();
    const key = await loadKey(ownDirectory('key'));
    const unknown = '00000000-0000-4000-8000-000000000000';
    const stranger = await knock(mainstay);
    const { installationId, nonce } = await stranger.hello(unknown);
    expect(await stranger.refused(key.sign(provePayload(installationId, unknown, nonce)), agent)).toBe(closeCodes.revoked);
  });
});

test('an agent that joined is believed about its own servers only', async ({ mainstay }) => {
  const server = await mainstay.create();
  const own = await mainstay.agent();
  const key = await loadKey(ownDirectory('key'));
  const { token } = await mainstay.call(contract.createJoinToken, {});
  const signature = key.sign(joinPayload(token, 'liar'));
  const joined = await mainstay.call(contract.joinAgent, { body: { joinToken: token, name: 'liar', publicKey: key.publicKey, signature } });

  const liar = await knock(mainstay);
  const { installationId, nonce } = await liar.hello(joined.agentId);
  await liar.prove(key.sign(provePayload(installationId, joined.agentId, nonce)), own);
  await liar.observe(allGone(own, [server.id]));
  await expect(liar.observe({ nonsense: true })).rejects.toThrow();
  const page = await mainstay.changes();
  liar.close();
  await page.first('the liar away', ({ event }) => event?.happening.kind === 'agent-away' && event.agentId === joined.agentId);
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', stateSince: server.stateSince });
  await mainstay.call(contract.removeAgent, { params: { agentId: joined.agentId } });
});

describe('a join token', () => {
  const join = async ({ call }: Installation, joinToken: string, name: string) => {
    const key = await loadKey(ownDirectory('key'));
    return call(contract.joinAgent, {
      body: { joinToken, name, publicKey: key.publicKey, signature: key.sign(joinPayload(joinToken, name)) },
    });
  };

  test('is good once, also for two that come at one moment', async ({ mainstay }) => {
    const { token } = await mainstay.call(contract.createJoinToken, {});
    const results = await Promise.allSettled([join(mainstay, token, 'one'), join(mainstay, token, 'two')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'unauthenticated', detail: expect.stringContaining('used already') },
    });
    await expect(join(mainstay, token, 'three')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('is not an API token, and an API token is none', async ({ mainstay }) => {
    const { token } = await mainstay.call(contract.createJoinToken, {});
    const response = await fetch(`${mainstay.manager.url}/api/servers`, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(401);
    await expect(join(mainstay, mainstay.token, 'one')).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('is not used up by a request that its key did not sign', async ({ mainstay }) => {
    const { token } = await mainstay.call(contract.createJoinToken, {});
    const [key, other] = await Promise.all([loadKey(ownDirectory('key')), loadKey(ownDirectory('key'))]);
    const forged = other.sign(joinPayload(token, 'forged'));
    await expect(
      mainstay.call(contract.joinAgent, { body: { joinToken: token, name: 'forged', publicKey: key.publicKey, signature: forged } }),
    ).rejects.toMatchObject({ code: 'unauthenticated', detail: expect.stringContaining('not signed by the key') });
    expect(await join(mainstay, token, 'honest')).toMatchObject({ name: 'honest' });
  });
});

test('an agent that was removed is refused from then on and ends, saying so', async () => {
  const mainstay = await openInstallation();
  try {
    const { id } = await mainstay.agent();
    await mainstay.call(contract.removeAgent, { params: { agentId: id } });
    expect(await mainstay.host.ended()).not.toBe(0);
    expect(mainstay.logs()).toContain('removed');
    mainstay.host.start();
    expect(await mainstay.host.ended()).not.toBe(0);
  } finally {
    await mainstay.close();
  }
});
