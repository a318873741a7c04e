// Runs another program to its end, shown as it goes or kept quiet with only its last line remembered.
// A quiet one that fails becomes one line: what was being done, and the last thing the program said.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';

interface Where {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** How long a program may take, and what it is then told. */
export interface Limit {
  readonly ms: number;
  readonly signal: NodeJS.Signals;
}

export class CommandFailed extends Error {}

/**
 * Runs with this terminal's own input and output; resolves with the exit code, as a shell would tell it.
 * Waits for the program's end whatever comes: Ctrl-C reaches it by the terminal, a SIGTERM is passed on to it.
 */
export async function runShown(
  program: string,
  args: readonly string[],
  { cwd = '.', environment = process.env, limit }: Where & { readonly limit?: Limit } = {},
): Promise<number> {
  const child = spawn(program, args, { cwd, env: environment, stdio: 'inherit' });
  const over = limit && setTimeout(() => child.kill(limit.signal), limit.ms);
  const hold = () => {};
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGINT', hold).on('SIGTERM', passOn);
  try {
    return await exitCode(child);
  } finally {
    clearTimeout(over);
    process.off('SIGINT', hold).off('SIGTERM', passOn);
  }
}

/** Runs without a word; rejects with CommandFailed, one line that begins with `what`. */
export async function runQuietly(
  what: string,
  program: string,
  args: readonly string[],
  { cwd = '.', environment = process.env }: Where = {},
): Promise<void> {
  const child = spawn(program, args, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let last = '';
  const remember = (stream: Readable) =>
    stream.setEncoding('utf8').on('data', (piece: string) => {
      last = piece.trim().split('\n').at(-1)?.trim() || last;
    });
  remember(child.stdout);
  remember(child.stderr);
  const code = await exitCode(child);
  if (code !== 0) throw new CommandFailed(`${what} failed (exit ${code}): ${last}`);
}

/** What a program prints on its standard output; rejects with CommandFailed when it does not end well. */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  const code = await exitCode(child);
  if (code !== 0) throw new CommandFailed(`${program} failed (exit ${code})`);
  return output;
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
