// A manager as a process of its own, with a home and a port that stay its own however often it dies and is started.

import { join } from 'node:path';
import { freePort } from './ports.ts';
import { type Program, type Ran, runProgram, type Settings, startProgram } from './program.ts';

export interface Manager {
  readonly url: string;
  readonly home: string;
  /** Of the process that was started last. @throws when none runs */
  readonly pid: number;
  /** Starts it and waits until it serves. */
  start(): Promise<void>;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** As Ctrl-C does. */
  stop(): Promise<number | string>;
  /** Resolves when the manager of the last start has ended, by whatever cause. */
  ended(): Promise<number | string>;
  /** Runs another command of `mainstay` on its home: `token create`, say. */
  command(...args: string[]): Promise<Ran>;
  /** The same, for what it prints. @throws when it does not end well */
  secret(...args: string[]): Promise<string>;
}

/** A network of the test's own, and at which address the test reaches it there. */
export interface Place {
  readonly network: string;
  readonly address: string;
}

/**
 * @param directory where its home and its log are
 * @param more settings beside its own
 * @param place left out: this machine's own network, on loopback
 */
export async function createManager(directory: string, more: Settings = {}, place?: Place): Promise<Manager> {
  const port = await freePort();
  const home = join(directory, 'manager');
  const settings: Settings = { MAINSTAY_HOME: home, MAINSTAY_PORT: String(port), MAINSTAY_LOG: 'debug', ...more };
  let program: Program | null = null;
  return {
    url: more['MAINSTAY_TLS_CERT'] ? `https://localhost:${port}` : `http://${place?.address ?? '127.0.0.1'}:${port}`,
    home,
    get pid() {
      if (program === null) throw new Error('The manager does not run.');
      return program.pid;
    },
    async start() {
      program = startProgram(['manager'], settings, join(directory, 'manager.log'), place);
      await program.firstLine();
    },
    async kill() {
      await program?.kill();
      program = null;
    },
    async stop() {
      const end = (await program?.stop()) ?? 'not running';
      program = null;
      return end;
    },
    async ended() {
      return (await program?.ended) ?? 'not running';
    },
    command: (...args) => runProgram(args, settings),
    async secret(...args) {
      const { code, stdout, stderr } = await runProgram(args, settings);
      if (code !== 0) throw new Error(`mainstay ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout.trim();
    },
  };
}
