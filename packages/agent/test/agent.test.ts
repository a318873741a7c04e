import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { progressType } from '@mainstay/wire/rpc';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { readAgentConfig } from '../src/config.ts';
import { startAgent } from '../src/main.ts';
import { eventually, newServerId } from './host.ts';
import { openManager } from './manager.ts';

let manager: Awaited<ReturnType<typeof openManager>>;
let home: string;
let stopping: AbortController;
let ending: Promise<void>;

const begin = (changes: Record<string, string> = {}) => {
  const environment = { MAINSTAY_HOME: home, MAINSTAY_MANAGER: manager.url, MAINSTAY_JOIN_TOKEN: 'good', ...changes };
  stopping = new AbortController();
  ending = startAgent(readAgentConfig(environment, 'test host'), { log: pino({ level: 'silent' }), signal: stopping.signal });
  ending.catch(() => undefined);
  return ending;
};
const linked = async (times = 1) => {
  await eventually(() => manager.proven >= times);
  return manager.live.connection;
};
const stop = async () => {
  stopping.abort();
  await ending.catch(() => undefined);
};
const identity = async () => JSON.parse(await readFile(join(home, 'agent/identity.json'), 'utf8'));

beforeEach(async () => {
  manager = await openManager();
  home = await mkdtemp(join(tmpdir(), 'mainstay-home-'));
});
afterEach(async () => {
  await stop();
  await manager.close();
  await rm(home, { recursive: true, force: true });
});

describe('joining', () => {
  it('happens once; the key stays here and the token is not needed again', async () => {
    void begin();
    await linked();
    await stop();
    void begin({ MAINSTAY_JOIN_TOKEN: 'used up' });
    await linked(2);
    expect(manager.joined).toBe(1);
    expect((await identity()).boots).toBe(2);
    expect((await stat(join(home, 'agent/key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('ends with the manager’s reason when the token is refused', async () => {
    await expect(begin({ MAINSTAY_JOIN_TOKEN: 'bad' })).rejects.toMatchObject({ detail: 'The token is not good.' });
  });

  it('asks for what it lacks in one line', async () => {
    await expect(begin({ MAINSTAY_JOIN_TOKEN: '' })).rejects.toThrow(/MAINSTAY_JOIN_TOKEN/);
    await expect(begin({ MAINSTAY_MANAGER: '' })).rejects.toThrow(/MAINSTAY_MANAGER/);
    await expect(begin({ MAINSTAY_MANAGER: 'http://mainstay.example.org' })).rejects.toThrow(/MAINSTAY_ALLOW_PLAIN/);
    expect(() => readAgentConfig({ MAINSTAY_MANAGER: 'mainstay' }, 'h')).toThrow(/MAINSTAY_MANAGER/);
    expect(() => readAgentConfig({ MAINSTAY_TRASH_DAYS: '-1' }, 'h')).toThrow(/MAINSTAY_TRASH_DAYS/);
    expect(() => readAgentConfig({ MAINSTAY_AGENT_NAME: 'a b' }, 'h')).toThrow(/MAINSTAY_AGENT_NAME/);
    expect(readAgentConfig({}, 'größer host!').name).toBe('gr-er-host');
  });

  it('is one agent’s: a second with the same home is told so', async () => {
    void begin();
    await linked();
    const second = startAgent(readAgentConfig({ MAINSTAY_HOME: home, MAINSTAY_MANAGER: manager.url }, 'h'), {
      log: pino({ level: 'silent' }),
      signal: new AbortController().signal,
    });
    await expect(second).rejects.toThrow(/Another agent already runs/);
  });
});

describe('the link', () => {
  it('is dialled again when it breaks', async () => {
    void begin();
    await linked();
    manager.live.socket.terminate();
    await linked(2);
  });

  it('ends for good when the agent is revoked, and says so', async () => {
    manager.knobs.revoked = true;
    await expect(begin()).rejects.toThrow(/has removed this agent/);
  });

  it('is not made with another Mainstay at the same address', async () => {
    void begin();
    await linked();
    manager.knobs.installationId = newServerId();
    manager.live.socket.terminate();
    await eventually(() => manager.live.socket.readyState === manager.live.socket.CLOSED);
    expect(manager.proven).toBe(1);
  });

  it('is closed within a second when the agent is told to stop', async () => {
    void begin();
    await linked();
    const begun = Date.now();
    await stop();
    expect(Date.now() - begun).toBeLessThan(1500);
    await eventually(() => manager.live.socket.readyState === manager.live.socket.CLOSED);
  });
});

describe('requests', () => {
  it('of a wrong shape, or for what is no server, are refused', async () => {
    void begin();
    const connection = await linked();
    for (const params of [{}, { servers: [{ serverId: '../..', containerId: null }] }, { servers: [], more: 1 }]) {
      await expect(connection.sendRequest('host.look', params)).rejects.toMatchObject({ data: { code: 'invalid-request' } });
    }
  });

  it('are answered by looks whose numbers rise over a restart', async () => {
    void begin();
    const servers = [{ serverId: newServerId(), containerId: null, ready: null, readyAt: null }];
    const first = await (await linked()).sendRequest<{ sequence: number; servers: unknown[] }>('host.look', { servers });
    expect(first.servers).toMatchObject([{ sighting: { kind: 'absent' }, data: { exists: 'no' } }]);
    await stop();
    void begin();
    const second = await (await linked(2)).sendRequest<{ sequence: number }>('host.look', { servers });
    expect(second.sequence).toBeGreaterThan(first.sequence);
  });

  it('run side by side, tell how far they are, and can be cancelled', async () => {
    void begin();
    const connection = await linked();
    // A registry that takes the connection and says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const serverId = newServerId();
    const cancellation = new CancellationTokenSource();
    const effect = { action: 'ensure-image', image: `localhost:${port}/mainstay-test/none:1`, unlessContainer: false };
    connection.onProgress(progressType, 'p', () => undefined);
    const pulling = connection.sendRequest(
      'server.apply',
      { serverId, containerId: null, engineId: null, effect, progressToken: 'p' },
      cancellation.token,
    );
    const stopped = await connection.sendRequest('server.apply', {
      serverId,
      containerId: null,
      engineId: null,
      effect: { action: 'ensure-stopped', graceSeconds: 1, console: { via: 'none' } },
    });
    expect(stopped).toMatchObject({ endedBy: null, containerId: null });
    cancellation.cancel();
    await expect(pulling).rejects.toMatchObject({ data: { code: 'cancelled' } });
    silent.close();
  });

  it('cut short by the agent’s own stop are no cancellation', async () => {
    void begin();
    const connection = await linked();
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const effect = { action: 'ensure-image', image: `localhost:${port}/mainstay-test/none:1`, unlessContainer: false };
    const answer = connection
      .sendRequest<{ data?: unknown }>('server.apply', { serverId: newServerId(), containerId: null, engineId: null, effect })
      .catch((error: { data?: unknown }) => error);
    await new Promise((resolve) => silent.once('connection', resolve));
    await stop();
    // The answer, when it still came through; never that somebody had cancelled it.
    const lost = new Promise<{ data?: unknown }>((resolve) => setTimeout(() => resolve({}), 300));
    expect([{ code: 'shutting-down', extra: {} }, undefined]).toContainEqual((await Promise.race([answer, lost])).data);
    silent.close();
  });
});
