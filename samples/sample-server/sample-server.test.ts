import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodePacket, TYPE } from './rcon-packet.ts';
import { joinLobby } from './testing/player.ts';
import { connectRcon } from './testing/rcon-client.ts';
import { type Bench, openBench } from './testing/running-server.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.clear());

const worldPath = () => join(bench.directory, 'world.json');
const savedWorld = () => JSON.parse(readFileSync(worldPath(), 'utf8'));

describe('the lobby', () => {
  test('greets, shows, carries words and lets build', async () => {
    const server = bench.start({ LOBBY_NAME: 'Harbour', MOTD: 'Mind the tide.' });
    const port = await server.port('lobby');
    const ada = await joinLobby(port, 'ada');
    await ada.sees('Welcome to Harbour. Mind the tide.');
    const bob = await joinLobby(port, 'bob');
    await ada.sees('bob came in.');
    bob.type('say hello');
    await ada.sees('<bob> hello');
    ada.type('build Tower');
    await bob.sees('ada built tower; there are 1 now.');
    bob.type('look');
    await bob.sees('Here: ada, bob.');
    await bob.sees('Built so far: 1 × tower.');
    ada.type('quit');
    await ada.sees('Goodbye, ada.');
    await ada.gone();
    await bob.sees('ada left.');
    expect(server.log).toContain('[build] ada built tower (1 now)');
  });

  test('asks again for a name that is no name or is taken', async () => {
    const port = await bench.start().port('lobby');
    await joinLobby(port, 'ada');
    const other = await joinLobby(port);
    other.type('a b');
    await other.sees('A name is 1 to 20 letters');
    other.type('ada');
    await other.sees('There is a ada here already.');
    other.type('adam');
    await other.sees('Hello, adam.');
  });

  test('is full at MAX_PLAYERS', async () => {
    const port = await bench.start({ MAX_PLAYERS: '1' }).port('lobby');
    await joinLobby(port, 'ada');
    const late = await joinLobby(port);
    await late.sees('The lobby is full');
    await late.gone();
  });

  test('lets go of a player whose line never ends', async () => {
    const port = await bench.start().port('lobby');
    const endless = await joinLobby(port, 'ada');
    endless.socket.write('x'.repeat(5000));
    await endless.gone();
  });

  test("puts nobody's control characters into the log", async () => {
    const server = bench.start();
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    ada.type('say hi\u001b[2J\r[stop] forged');
    expect(await server.line(/^\[chat]/)).toBe('[chat] <ada> hi [2J [stop] forged');
  });
});

describe('the world', () => {
  test('is announced as new once, and loaded ever after', async () => {
    const first = bench.start();
    const [, id] = /^\[world] new world (\S+)$/.exec(await first.line(/new world/)) ?? [];
    await first.port('lobby');
    first.process.kill('SIGTERM');
    expect(await first.ended()).toBe(0);
    const second = bench.start();
    expect(await second.line(/loaded/)).toBe(`[world] loaded ${id}, boot 2`);
  });

  test('is saved every SAVE_SECONDS when something changed', async () => {
    const server = bench.start({ SAVE_SECONDS: '0.1' });
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    ada.type('build tower');
    await ada.sees('ada built tower');
    while (savedWorld().things.length === 0) await server.line(/\[world] saved/);
    expect(savedWorld().things).toEqual([{ name: 'tower', count: 1 }]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('is saved on %s', async (signal) => {
    const server = bench.start();
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    ada.type('build tower');
    await ada.sees('ada built tower');
    expect(savedWorld().things).toEqual([]);
    server.process.kill(signal);
    await ada.sees('The lobby is closing');
    expect(await server.ended()).toBe(0);
    expect(savedWorld().things).toEqual([{ name: 'tower', count: 1 }]);
  });

  test('that is corrupt is never written over: exit 4', async () => {
    writeFileSync(worldPath(), '{');
    const server = bench.start();
    expect(await server.ended()).toBe(4);
    expect(server.log).toEqual([`[error] ${worldPath()} is not a world of this server; it is left as it is`]);
    expect(readFileSync(worldPath(), 'utf8')).toBe('{');
  });

  test('that can no longer be saved is told, at the end with exit 1', async () => {
    const server = bench.start();
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    ada.type('build tower');
    await ada.sees('ada built tower');
    rmSync(bench.directory, { recursive: true });
    writeFileSync(bench.directory, 'a file in the way');
    server.type('save');
    await server.line(/\[error] the world could not be saved/);
    server.type('stop');
    expect(await server.ended()).toBe(1);
  });
});

describe('RCON', () => {
  test('is off without a password', async () => {
    const server = bench.start();
    await server.port('lobby');
    expect(server.log.filter((line) => line.startsWith('[rcon]'))).toEqual([]);
  });

  test('answers commands after the password', async () => {
    const port = await bench.start({ RCON_PASSWORD: 'tide' }).port('rcon');
    const client = await connectRcon(port);
    expect(await client.authenticate('tide')).toBe(true);
    expect(await client.ask('list')).toBe('0 of 16 players: ');
    expect(await client.ask('nonsense')).toContain('unknown command nonsense');
    expect(await client.ask('constructor')).toContain('unknown command');
  });

  test('refuses a wrong password and lets go', async () => {
    const server = bench.start({ RCON_PASSWORD: 'tide' });
    const client = await connectRcon(await server.port('rcon'));
    expect(await client.authenticate('ebb')).toBe(false);
    await server.line(/\[rcon] .* refused: wrong password/);
  });

  test('carries out nothing before the password', async () => {
    const server = bench.start({ RCON_PASSWORD: 'tide' });
    const client = await connectRcon(await server.port('rcon'));
    client.socket.write(encodePacket({ id: 5, type: TYPE.command, body: 'stop' }));
    expect((await client.packet(() => true)).id).toBe(-1);
    await server.line(/refused: no password given/);
    expect(server.log.join()).not.toContain('[stop]');
  });

  test('reads packets byte by byte and several at once', async () => {
    const port = await bench.start({ RCON_PASSWORD: 'tide' }).port('rcon');
    const client = await connectRcon(port);
    client.socket.setNoDelay(true);
    for (const byte of encodePacket({ id: 1, type: TYPE.auth, body: 'tide' })) {
      client.socket.write(Buffer.of(byte));
    }
    await client.packet(({ id, type }) => type === TYPE.authAnswer && id === 1);
    const commands = [7, 8, 9].map((id) => encodePacket({ id, type: TYPE.command, body: 'list' }));
    client.socket.write(Buffer.concat(commands));
    await client.packet(({ id }) => id === 9);
    expect(client.packets.map(({ id }) => id).slice(-3)).toEqual([7, 8, 9]);
  });

  test('gives an answer longer than a packet whole', async () => {
    const server = bench.start({ RCON_PASSWORD: 'tide' });
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    for (let each = 0; each < 250; each++) ada.type(`build tower number ${each}`);
    await ada.sees('built tower number 249;');
    const client = await connectRcon(await server.port('rcon'));
    await client.authenticate('tide');
    const answer = await client.ask('world');
    expect(answer.length).toBeGreaterThan(3 * 4096);
    expect(answer).toMatch(/^world [0-9a-f-]{36}\n/);
    expect(answer).toMatch(/ada built tower number 249$/);
  });

  test('outlives garbage', async () => {
    const server = bench.start({ RCON_PASSWORD: 'tide' });
    const port = await server.port('rcon');
    const garbage = await connectRcon(port);
    garbage.socket.write('GET / HTTP/1.1\r\n\r\n');
    await server.line(/\[rcon] .* dropped/);
    expect(await (await connectRcon(port)).authenticate('tide')).toBe(true);
  });

  test('sends the answer to stop before it stops', async () => {
    const server = bench.start({ RCON_PASSWORD: 'tide' });
    const client = await connectRcon(await server.port('rcon'));
    await client.authenticate('tide');
    expect(await client.ask('stop')).toBe('stopping');
    expect(await server.ended()).toBe(0);
  });
});

describe('the console', () => {
  test('takes the same commands on stdin', async () => {
    const server = bench.start();
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    server.type('list');
    expect(await server.line(/players:/)).toBe('[console] 1 of 16 players: ada');
    server.type('say tide is high');
    await ada.sees('<console> tide is high');
    server.type('help');
    await server.line(/commands: help, list/);
    server.type('save');
    await server.line(/^\[world] saved/);
    server.type('stop');
    expect(await server.ended()).toBe(0);
  });

  test('may be closed while the server runs on', async () => {
    const server = bench.start();
    const port = await server.port('lobby');
    server.process.stdin?.end();
    await joinLobby(port, 'ada');
  });

  test('eats memory', async () => {
    const server = bench.start();
    await server.port('lobby');
    server.type('eat 20');
    expect(await server.line(/holding/)).toBe('[eat] holding 20 MB');
  });
});

describe('trouble on request', () => {
  test.each([
    ['crash', 1],
    ['crash 3', 3],
  ])('%s ends with code %i and loses what was not saved', async (command, code) => {
    const server = bench.start();
    const ada = await joinLobby(await server.port('lobby'), 'ada');
    ada.type('build tower');
    await ada.sees('ada built tower');
    server.type(command);
    expect(await server.ended()).toBe(code);
    expect(savedWorld().things).toEqual([]);
  });

  test('hang ignores everything but a kill', async () => {
    const server = bench.start();
    await server.port('lobby');
    server.type('hang');
    await server.line(/\[hang]/);
    server.process.kill('SIGTERM');
    server.type('stop');
    server.process.kill('SIGKILL');
    expect(await server.ended()).toBe('SIGKILL');
    expect(server.log.join()).not.toContain('[stop]');
  });

  test('CRASH_ON_START ends with its code, never ready', async () => {
    const server = bench.start({ CRASH_ON_START: '7' });
    expect(await server.ended()).toBe(7);
    expect(server.log.join()).not.toContain('[ready]');
  });

  test('HANG_ON_STOP ignores a stop and plays on', async () => {
    const server = bench.start({ HANG_ON_STOP: 'true' });
    const port = await server.port('lobby');
    server.process.kill('SIGTERM');
    await server.line(/SIGTERM, ignored/);
    server.type('stop');
    await server.line(/stop command, ignored/);
    await joinLobby(port, 'ada');
  });

  test('a bad setting is one line and exit 2', async () => {
    const server = bench.start({ PORT: 'seventy' });
    expect(await server.ended()).toBe(2);
    expect(server.log).toEqual(['[error] bad setting PORT: must be a whole number from 0 to 65535']);
  });

  test('a port that is taken is one line and exit 1', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, () => {
        const address = holder.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const server = bench.start({ PORT: String(port) });
    expect(await server.ended()).toBe(1);
    expect(server.log.at(-1)).toMatch(/^\[error] .*EADDRINUSE/);
    holder.close();
  });

  test('a stop during a slow start needs no lobby', async () => {
    const server = bench.start({ START_SECONDS: '3600' });
    await server.line(/\[start]/);
    server.process.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
  });
});
