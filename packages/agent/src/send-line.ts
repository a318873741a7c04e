// One line to a running program, as its record says: to its standard input, or over RCON with the password that its own
// container was made with.

import { Fault } from '@mainstay/core/fault';
import type { ConsoleSettings } from '@mainstay/core/server';
import type { Engine, InspectedContainer } from './engine.ts';
import { meaningOf } from './engine-states.ts';
import { askRcon, Unreached, unavailable } from './rcon.ts';

/**
 * @returns what the program answered; null where its console answers nothing itself
 * @throws Fault `container-gone` when it does not run, `console-unavailable`
 */
export async function sendLine(
  engine: Engine,
  containerId: string,
  line: string,
  settings: ConsoleSettings,
  signal: AbortSignal,
): Promise<string | null> {
  if (settings.via === 'none') throw unavailable('This server takes no commands. Its settings say how it would.');
  if (settings.via === 'stdin') {
    await engine.input(containerId, line);
    return null;
  }
  const container = await engine.inspect(containerId);
  if (container === null || meaningOf(container.state) !== 'running') {
    throw new Fault('container-gone', 'The server does not run now, so nobody reads what is typed. Start it first.');
  }
  const password = variableOf(container, settings.passwordEnv);
  if (!password) {
    throw unavailable(
      `Its container has no ${settings.passwordEnv} that would hold the RCON password. Set it in the server’s settings and rebuild.`,
    );
  }
  return askFirstThatAnswers(placesOf(container, settings.containerPort), (host, port) => askRcon(host, port, password, line, signal));
}

type Place = readonly [host: string, port: number];

/** Where this host may reach a port of the container: at its own address; where that leads nowhere (a rootless engine), where it is published. */
function placesOf({ addresses, published }: InspectedContainer, port: number): Place[] {
  const hostPort = published.get(port);
  return [...addresses.map((address): Place => [address, port]), ...(hostPort === undefined ? [] : [['127.0.0.1', hostPort] as const])];
}

async function askFirstThatAnswers(places: readonly Place[], ask: (host: string, port: number) => Promise<string>): Promise<string> {
  const [first, ...others] = places;
  if (!first) throw unavailable('The server’s container has no address that its host could reach. Publish its RCON port.');
  try {
    return await ask(...first);
  } catch (error) {
    // One that answered and refused is the right one.
    if (others.length === 0 || !(error instanceof Unreached)) throw error;
    return askFirstThatAnswers(others, ask);
  }
}

function variableOf({ env }: InspectedContainer, name: string): string | undefined {
  return env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}
