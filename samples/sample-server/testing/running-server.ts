// A sample server as a process of its own, on free ports and a directory of its own, for its tests.
// All waiting is for a line of its log or for its end, each under one deadline.

import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { readLines } from '../lines.ts';

const MAIN = join(import.meta.dirname, '..', 'main.ts');

/** Quick to start and stop, and nothing saved unless asked, so that a test sees only what it causes. */
const QUICK = { START_SECONDS: '0', STOP_SECONDS: '0', SAVE_SECONDS: '3600' };

export interface RunningServer {
  readonly process: ChildProcess;
  readonly log: readonly string[];
  /** Resolves with the first line, past or to come, that matches. */
  line(pattern: RegExp): Promise<string>;
  /** The port that it opened to players or to RCON. */
  port(of: 'lobby' | 'rcon'): Promise<number>;
  type(command: string): void;
  /** Resolves with its exit code, or the signal that ended it. */
  ended(): Promise<number | string>;
}

export interface Bench {
  readonly directory: string;
  start(settings?: Record<string, string>): RunningServer;
  /** Ends what still runs and removes the directory. */
  clear(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'mainstay-sample-server-'));
  const started: RunningServer[] = [];
  return {
    directory,
    start(settings = {}) {
      const server = run({ ...QUICK, PORT: '0', RCON_PORT: '0', DATA_DIR: directory, ...settings });
      started.push(server);
      return server;
    },
    async clear() {
      for (const server of started) server.process.kill('SIGKILL');
      await Promise.all(started.map((server) => server.ended()));
      await rm(directory, { recursive: true });
    },
  };
}

function run(environment: Record<string, string>): RunningServer {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [MAIN], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const each of waiting) each();
  };
  readLines(
    child.stdout,
    (line) => {
      log.push(line);
      look();
    },
    () => {},
  );
  closed.then(look);
  // A server that has ended does not read what is typed.
  child.stdin.on('error', () => {});

  function line(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = log.find((each) => pattern.test(each));
        if (found !== undefined) resolve(found);
        else if (child.exitCode !== null) reject(new Error(`no ${pattern} in:\n${log.join('\n')}`));
        else return;
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  }

  return {
    process: child,
    log,
    line,
    async port(of) {
      const pattern = of === 'lobby' ? /^\[ready] .* port (\d+)$/ : /^\[rcon] .* port (\d+)$/;
      return Number(pattern.exec(await line(pattern))?.[1]);
    },
    type(command) {
      child.stdin.write(`${command}\n`);
    },
    async ended() {
      await closed;
      return child.exitCode ?? child.signalCode ?? 'unknown';
    },
  };
}
