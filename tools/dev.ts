// `npm run dev`: a Mainstay to work on the page with, no Docker needed. The manager is real, on a directory of its own; its
// hosts are made up and hold servers to whom something happens now and then. Ctrl-C ends all of it and leaves nothing.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { signInLink } from '@mainstay/cli/credentials';
import { shipped } from '@mainstay/cli/place';
import { aborted, stopSignal } from '@mainstay/cli/stopping';
import { ownerOfAll } from '@mainstay/core/access';
import { issue } from '@mainstay/manager/app/credentials';
import { systemClock } from '@mainstay/manager/clock';
import { managerConfig } from '@mainstay/manager/config';
import { createLog } from '@mainstay/manager/log';
import { databasePath, type Manager, startManager } from '@mainstay/manager/main';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { type Host, openHost } from '@mainstay/sim/host';
import { live } from '@mainstay/sim/life';
import { populate } from '@mainstay/sim/populate';
import { type Call, createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { CreateServerInput } from '@mainstay/wire/servers';
import { step } from './step.ts';
import { ensureWebBuilt } from './web.ts';

const happensEveryMs = 8_000;
/** A pull and a stop that can be watched. */
const pullMs = 4_000;
const stopSeconds = '2';

const hostWords = ['basement', 'attic', 'garage', 'closet', 'shed', 'loft'];
const games = [
  { word: 'valheim', image: 'lloesche/valheim-server:latest', protocol: 'udp', containerPort: 2456, memoryMb: 4_096 },
  { word: 'minecraft', image: 'itzg/minecraft-server:latest', protocol: 'tcp', containerPort: 25565, memoryMb: 8_192 },
  { word: 'factorio', image: 'factoriotools/factorio:stable', protocol: 'udp', containerPort: 34197, memoryMb: 2_048 },
  { word: 'terraria', image: 'ryshe/terraria:latest', protocol: 'tcp', containerPort: 7777, memoryMb: null },
] as const;
const places = ['north', 'harbour', 'isle', 'valley', 'creative', 'hardcore', 'friends', 'weekend', 'old-world', 'test'];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A flag that is a number. @throws an error of one line */
function numberOf(flag: string, text: string, most: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw new Error(`--${flag} must be a whole number from 1 to ${most}, not “${text}”.`);
}

function readFlags(): { readonly hosts: number; readonly servers: number } {
  const { values } = parseArgs({ options: { hosts: { type: 'string', default: '3' }, servers: { type: 'string', default: '20' } } });
  return { hosts: numberOf('hosts', values.hosts, 1_000), servers: numberOf('servers', values.servers, 2_000) };
}

const numbered = (words: readonly string[], at: number): string => {
  const round = Math.floor(at / words.length);
  return `${words[at % words.length]}${round === 0 ? '' : `-${round + 1}`}`;
};

/** The server at a place of a host: mostly running ones of a few games, some made and never started, one whose image nobody has. */
function serverAt(place: number, { agentId }: Host, hostAt: number): CreateServerInput {
  const game = games[(place + hostAt) % games.length] ?? games[0];
  const kind = place % 10;
  return {
    name: `${game.word}-${numbered(hostWords, hostAt)}-${numbered(places, place)}`,
    agentId,
    image: place % 20 === 19 ? 'registry.invalid/games/lost:1' : game.image,
    start: kind !== 3 && kind !== 7,
    env: { STOP_SECONDS: stopSeconds, ...(game.word === 'minecraft' ? { EULA: 'TRUE' } : {}) },
    ports: [{ name: 'game', protocol: game.protocol, containerPort: game.containerPort }],
    volumes: [{ name: 'world', containerPath: '/data' }],
    limits: { memoryMb: game.memoryMb, cpus: null },
    restart: kind === 5 ? 'no' : 'unless-stopped',
  };
}

async function openHosts(call: Call, managerUrl: string, count: number): Promise<Host[]> {
  const hosts: Host[] = [];
  for (let at = 0; at < count; at += 1) {
    const { token: joinToken } = await call(contract.createJoinToken, {});
    hosts.push(await openHost({ managerUrl, joinToken, name: numbered(hostWords, at), clock: systemClock, random: Math.random, pullMs }));
  }
  return hosts;
}

/** What has happened by the time that somebody looks. */
async function begin(call: Call, hosts: readonly Host[], perHost: number): Promise<void> {
  const wanted = hosts.flatMap((host, hostAt) => Array.from({ length: perHost }, (_, place) => serverAt(place, host, hostAt)));
  const operations = await populate(call, wanted);
  for (const [at, { serverId, serverName, state }] of operations.entries()) {
    const server = wanted[at];
    const outside = hosts.find(({ agentId }) => agentId === server?.agentId)?.outside;
    if (state !== 'succeeded' || !server?.start || !outside) continue;
    if (at % 12 === 4) outside.remove(serverName);
    else if (at % 30 === 11) await call(contract.deleteServer, { params: { serverId } }, { waitSeconds: 30 });
    else if (server.restart === 'no' && at % 4 === 1) outside.exhaust(serverName);
    else if (server.restart === 'no') outside.crash(serverName, 3);
  }
  // So that the sizes of worlds are known.
  for (const { agentId } of hosts) await call(contract.syncAgent, { params: { agentId } });
}

async function main(stopping: AbortSignal): Promise<void> {
  const flags = readFlags();
  const { directory: webDirectory } = await ensureWebBuilt({ say });
  const home = await mkdtemp(join(tmpdir(), 'mainstay-dev-'));
  const config = managerConfig(process.env, home, { ...shipped, webDirectory });
  let manager: Manager | undefined;
  let hosts: Host[] = [];
  try {
    manager = await startManager(config, 'dev', createLog('warn'));
    const store = await openSqlite(databasePath(config), Date.now(), { create: false });
    const link = await signInLink(store, manager.url);
    const { secret: token } = await issue(store, { kind: 'token', name: 'dev', grants: ownerOfAll }, Date.now());
    await store.close();
    const call = createClient({ baseUrl: manager.url, token });
    hosts = await openHosts(call, manager.url, flags.hosts);
    say(
      `\n  Page      ${manager.url}\n  Sign in   ${link}\n  Token     ${token}\n  State     ${home}, gone at the end\n\n  Ctrl-C ends it.\n`,
    );
    await step(say, `Created ${flags.servers} servers on each of ${flags.hosts} hosts`, () => begin(call, hosts, flags.servers));
    await live({ hosts, call, clock: systemClock, random: Math.random, everyMs: happensEveryMs }, stopping);
    await aborted(stopping);
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
    await manager?.stop();
    await rm(home, { recursive: true, force: true });
  }
}

const stopping = stopSignal();
try {
  await main(stopping);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(`${code === 'EADDRINUSE' ? 'The port is in use by another program. Set MAINSTAY_PORT to a free one.' : message}\n`);
  process.exitCode = stopping.aborted ? 0 : 1;
}
process.exit();
