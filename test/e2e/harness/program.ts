// `mainstay` as a process of its own, started as people start it: `node packages/cli/src/main.ts …`. What it logs goes
// to a file, to be shown when a test fails.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { note } from './ledger.ts';

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'packages/cli/src/main.ts');

/** Settings of the program under test; nothing of the tests' own environment reaches it but these and where it is. */
export type Settings = Readonly<Record<string, string>>;

export interface Program {
  readonly pid: number;
  /** Resolves with its first line on standard output; rejects when it ends before. */
  firstLine(): Promise<string>;
  /** Ends it at once, as a power cut would (SIGKILL), and waits for its end. */
  kill(): Promise<void>;
  /** Asks it to end (SIGTERM). @returns its exit code, or the signal that ended it */
  stop(): Promise<number | string>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, by whatever cause. */
  readonly ended: Promise<number | string>;
}

/** Who a program runs as. It may read whatever is there, so that it finds its own code, and write what is its user's. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Runs in a network of the test's own. */
const commandIn = (network: string): string[] => ['nsenter', `--net=/var/run/netns/${network}`, '--'];

const commandAs = ({ uid, gid, groups }: RunAs): string[] => {
  const capabilities = ['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'];
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join()}`, ...capabilities, '--'];
};

/** Where a program runs; left out: as this process does. */
export interface Where {
  readonly as?: RunAs;
  /** As `ip netns` calls it. */
  readonly network?: string;
}

/** Starts it; it is the caller's to end. */
export function startProgram(args: readonly string[], settings: Settings, logFile: string, { as, network }: Where = {}): Program {
  const log = openSync(logFile, 'a');
  const [program = '', ...before] = [
    ...(network === undefined ? [] : commandIn(network)),
    ...(as === undefined ? [] : commandAs(as)),
    process.execPath,
  ];
  const child = spawn(program, [...before, main, ...args], { env: environment(settings), stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`mainstay ${args.join(' ')} could not be started`);
  note('processes', String(child.pid));
  const ended = endOf(child);
  let output = '';
  const line = new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
      if (output.includes('\n')) resolve(output.slice(0, output.indexOf('\n')));
    });
    ended.then((end) => reject(new Error(`mainstay ${args.join(' ')} ended (${end}) before it said anything; see ${logFile}`)));
  });
  line.catch(() => undefined);
  return {
    pid: child.pid,
    ended,
    firstLine: () => line,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    signal: (signal) => void child.kill(signal),
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export interface Ran {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. */
export async function runProgram(args: readonly string[], settings: Settings): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], { env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (piece: string) => {
      said[stream] += piece;
    });
  }
  return { code: await endOf(child), ...said };
}

function environment(settings: Settings): NodeJS.ProcessEnv {
  const { PATH, HOME, DOCKER_HOST, MAINSTAY_TEST_RUN } = process.env;
  // Compiled once for all the processes of a run, as `npm start` has it too.
  const NODE_COMPILE_CACHE = process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules/.cache/mainstay-compiled');
  return { PATH, HOME, NODE_COMPILE_CACHE, MAINSTAY_TEST_RUN, ...(DOCKER_HOST ? { DOCKER_HOST } : {}), ...settings };
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
