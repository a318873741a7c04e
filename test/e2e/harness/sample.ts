// The sample server as tests use it: quick to start and stop, saving what is built at once, on ports that nobody else
// has; and its players and its operator, who build worlds and break things from inside.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { joinLobby } from '../../../samples/sample-server/testing/player.ts';
import { connectRcon } from '../../../samples/sample-server/testing/rcon-client.ts';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import type { Host } from './host.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

const password = 'for-tests';

export const quick = { START_SECONDS: '0.1', STOP_SECONDS: '0.1', SAVE_SECONDS: '0.1', RCON_PASSWORD: password } as const;

export const worldVolume = { name: 'world', containerPath: '/data' } as const;

/** A name that no other container on this engine has. */
export function freshName(word = 'lobby'): string {
  return `${word}-${randomBytes(4).toString('hex')}`;
}

/** A create request for a sample server; `env` is put beside the quick settings. */
export async function sampleServer(wanted: Partial<CreateServerInput> = {}): Promise<CreateServerInput> {
  return {
    name: freshName(),
    image: SAMPLE_IMAGE,
    ports: [
      { name: 'lobby', protocol: 'tcp', containerPort: 7777, hostPort: await freePort() },
      { name: 'rcon', protocol: 'tcp', containerPort: 27015, hostPort: await freePort() },
    ],
    volumes: [worldVolume],
    stop: { signal: null, graceSeconds: 10 },
    ...wanted,
    env: { ...quick, ...wanted.env },
  };
}

/** The host port of one of its ports. */
export function portOf(server: Pick<Server, 'ports'>, name: string): number {
  const port = server.ports.find((each) => each.name === name);
  if (!port) throw new Error(`The server has no port named ${name}.`);
  return port.hostPort;
}

export interface World {
  readonly id: string;
  /** How many times it was opened. */
  readonly boots: number;
  readonly things: readonly { readonly name: string; readonly count: number }[];
}

export function worldFile(host: Host, server: Pick<Server, 'id'>): string {
  return join(host.dataOf(server.id), 'volumes', worldVolume.name, 'world.json');
}

/** The world as it stands on the host's disk. */
export function worldOf(host: Host, server: Pick<Server, 'id'>): World {
  return JSON.parse(readFileSync(worldFile(host, server), 'utf8')) as World;
}

/** A player comes in and builds; when the world is saved is the server's affair. */
export async function buildUnsaved(server: Server, thing: string): Promise<void> {
  const player = await until('the lobby open', () => joinLobby(portOf(server, 'lobby'), 'mason'));
  player.type(`build ${thing}`);
  await player.sees(`built ${thing}`);
  player.socket.destroy();
}

/** A player comes in and builds; resolves with the world once it is on the disk. */
export async function build(host: Host, server: Server, thing: string): Promise<World> {
  await buildUnsaved(server, thing);
  return until(
    `${thing} in the world file`,
    () => worldOf(host, server),
    (world) => world.things.some(({ name }) => name === thing),
  );
}

/** The operator types a command on the server's own console, over RCON. */
export async function operate(server: Server, command: string): Promise<string> {
  return until('an answer on RCON', async () => {
    const rcon = await connectRcon(portOf(server, 'rcon'));
    try {
      if (!(await rcon.authenticate(password))) throw new Error('The RCON password was refused.');
      return await rcon.ask(command);
    } finally {
      rcon.socket.destroy();
    }
  });
}
