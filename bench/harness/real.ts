// A real host for measures: this machine's engine with many sample servers on it, some of them running; what the engine itself
// tells a bare listener; and bare containers like those of servers, to be started and removed beside them.

import { chmodSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { Server } from '@mainstay/wire/servers';
import type Docker from 'dockerode';
import { type Installation, openInstallation } from '../../test/e2e/harness/installation.ts';
import { noted, ownDirectory, runDirectory } from '../../test/e2e/harness/ledger.ts';
import { createOutside, type Outside } from '../../test/e2e/harness/outside.ts';
import { freePort } from '../../test/e2e/harness/ports.ts';

/** Servers that are made side by side. */
const atOnce = 4;
const quiet = { MAINSTAY_LOG: 'warn' } as const;

export interface RealHost extends Installation {
  readonly running: readonly Server[];
  readonly stopped: readonly Server[];
}

export async function openRealHost(running: number, stopped: number): Promise<RealHost> {
  const mainstay = await openInstallation({ settings: quiet });
  const waiting = Array.from({ length: running + stopped }, (_, at) => at < running).entries();
  const made: { readonly running: Server[]; readonly stopped: Server[] } = { running: [], stopped: [] };
  const make = async () => {
    for (const [, start] of waiting) (start ? made.running : made.stopped).push(await mainstay.create({ start }));
  };
  await Promise.all(Array.from({ length: atOnce }, make)).catch(async (error: unknown) => {
    await mainstay.close();
    throw error;
  });
  return { ...mainstay, ...made };
}

export interface EngineMoment {
  readonly action: string;
  readonly containerId: string;
  /** By `performance.now()`. */
  readonly at: number;
}

/** Listens to the engine's events as barely as one can. @param each is told of every one @returns how to end it */
export async function listenBarely(each: (moment: EngineMoment) => void): Promise<() => void> {
  const socketPath = process.env['DOCKER_HOST']?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock';
  const filters = encodeURIComponent(JSON.stringify({ type: ['container'] }));
  const { request, answer } = await new Promise<{ request: ReturnType<typeof get>; answer: IncomingMessage }>((resolve, reject) => {
    const asked = get({ socketPath, path: `/events?filters=${filters}`, agent: false }, (given) =>
      resolve({ request: asked, answer: given }),
    );
    asked.on('error', reject);
  });
  let text = '';
  answer.on('error', () => undefined);
  answer.setEncoding('utf8').on('data', (piece: string) => {
    const at = performance.now();
    const lines = (text + piece).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const { Action: action, Actor: actor } = JSON.parse(line) as { Action: string; Actor: { ID: string } };
      each({ action, containerId: actor.ID, at });
    }
  });
  return () => request.destroy();
}

/** What the engine needs to make a container like this one, which no Mainstay knows, on ports of its own. */
export async function twinOf(outside: Outside, container: string): Promise<Docker.ContainerCreateOptions> {
  const { Config, HostConfig } = await outside.inspect(container);
  const bindings = Object.keys((HostConfig.PortBindings ?? {}) as object);
  const PortBindings = Object.fromEntries(
    await Promise.all(bindings.map(async (port) => [port, [{ HostPort: String(await freePort()) }]])),
  );
  return {
    Image: Config.Image,
    Labels: { [twinLabel]: runDirectory() },
    Env: Config.Env,
    ExposedPorts: Config.ExposedPorts,
    HostConfig: { ...HostConfig, Binds: [`${ownWorld()}:/data`], Mounts: [], PortBindings, RestartPolicy: { Name: 'no' } },
  };
}

/** By which bare containers of this run are found. */
const twinLabel = 'mainstay-bench.run';

/** Removes what a run that was ended early has left on the engine. */
export async function removeContainers(): Promise<void> {
  const outside = createOutside();
  const twins = outside.docker.listContainers({ all: true, filters: { label: [`${twinLabel}=${runDirectory()}`] } });
  const left = await Promise.all([twins, ...noted('installations').map((id) => outside.containersOfInstallation(id))]);
  await Promise.all(left.flat().map(({ Id }) => outside.remove(Id)));
}

/** An empty directory that whoever the program runs as may write into. */
function ownWorld(): string {
  const directory = ownDirectory('world');
  chmodSync(directory, 0o777);
  return directory;
}

/** For what was asked for with `waiting`. @throws when it did not succeed */
export async function asked(work: Promise<{ readonly state: string; readonly error: unknown }>): Promise<void> {
  const { state, error } = await work;
  if (state !== 'succeeded') throw new Error(`The operation ${state}: ${JSON.stringify(error)}`);
}

export const waiting = { waitSeconds: 60 } as const;
export const at = (server: Pick<Server, 'id'>) => ({ params: { serverId: server.id } });
