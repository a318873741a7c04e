// One line to a simulated program, as its record says: to its standard input, or over RCON, which answers.

import { Fault } from '@mainstay/core/fault';
import type { ConsoleSettings } from '@mainstay/core/server';
import type { Container } from './container.ts';
import type { Engine } from './engine.ts';

/** Where the sample server listens. */
const rconPort = 27015;

/**
 * @param asked whether the program is to end by it
 * @returns what the program answered; null where its console answers nothing itself
 * @throws Fault `container-gone` when it does not run, `console-unavailable`
 */
export function sendLine(engine: Engine, container: Container, line: string, settings: ConsoleSettings, asked: boolean): string | null {
  if (settings.via === 'none') throw unavailable('This server takes no commands. Its settings say how it would.');
  if (container.state !== 'running')
    throw new Fault('container-gone', 'The server does not run now, so nobody reads what is typed. Start it first.');
  if (settings.via === 'stdin') {
    engine.type(container, line, asked);
    return null;
  }
  const { env } = container.spec;
  const password = env[settings.passwordEnv];
  if (!password)
    throw unavailable(
      `Its container has no ${settings.passwordEnv} that would hold the RCON password. Set it in the server’s settings and rebuild.`,
    );
  if (settings.containerPort !== rconPort) throw unavailable(`Nothing answers at its RCON port ${settings.containerPort}.`);
  if (password !== env['RCON_PASSWORD'])
    throw unavailable('The server refused its RCON password. It may have been changed since its container was made.');
  return engine.ask(container, line, asked);
}

const unavailable = (detail: string): Fault => new Fault('console-unavailable', detail);
