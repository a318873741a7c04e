// Sees to a Docker engine: takes the one that DOCKER_HOST or the default socket reaches, or brings one up on a Debian
// machine whose root we are. What to do is decided from what was found, without doing anything (`planEngine`); an engine
// that somebody chose with DOCKER_HOST is never replaced by one of ours, and one that runs is never touched.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import Docker from 'dockerode';
import { runQuietly } from './command.ts';
import { aptInstall, findProgram, hasApt, isRoot, systemdRuns } from './machine.ts';
import { type Say, step } from './step.ts';

export interface Engine {
  readonly docker: Docker;
  readonly version: string;
  /** Set only when this very call started a bare daemon, which then is the caller's to keep or to end. */
  readonly daemonPid?: number;
}

/** How an engine answered: with its version, or not, and why. */
export type Reached =
  | { readonly kind: 'answers'; readonly version: string }
  | { readonly kind: 'nobody' | 'denied' | 'silent'; readonly reason: string };

export type Starter = 'systemd' | 'service' | 'daemon';

export interface Situation {
  readonly reached: Exclude<Reached, { kind: 'answers' }>;
  readonly dockerHost: string | undefined;
  readonly root: boolean;
  readonly apt: boolean;
  readonly installed: boolean;
  readonly systemd: boolean;
}

export type EnginePlan =
  | { readonly kind: 'refuse'; readonly line: string }
  | { readonly kind: 'bring-up'; readonly install: boolean; readonly starters: Starter[] };

const DEFAULT_SOCKET = '/var/run/docker.sock';
const DAEMON_LOG = '/var/log/dockerd.log';
// A healthy engine answers in milliseconds; one that takes longer than this is stuck rather than busy.
const ANSWER_SECONDS = 5;
// A first start makes certificates, networks and firewall rules: seconds, on a slow disk tens of them.
const START_SECONDS = 60;
const POLL_MS = 100;

/** Rejects with one line that says what to do when there is no engine and none can be brought up. */
export async function ensureEngine({ say }: { say: Say }): Promise<Engine> {
  const reached = await reachEngine();
  if (reached.kind === 'answers') return { docker: new Docker(), version: reached.version };
  const plan = planEngine({
    reached,
    dockerHost: process.env.DOCKER_HOST || undefined,
    root: isRoot(),
    apt: hasApt(),
    installed: findProgram('dockerd') !== undefined,
    systemd: systemdRuns(),
  });
  if (plan.kind === 'refuse') throw new Error(plan.line);
  if (plan.install) {
    say("No Docker engine here: installing Debian's docker.io, which takes a minute or two");
    await step(say, 'Installed docker.io', () => aptInstall(enginePackages())).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; install Docker yourself, or set DOCKER_HOST`);
    });
  }
  return step(say, 'Started the Docker engine', async () => {
    const { version, daemonPid } = await startEngine(plan.starters);
    return { docker: new Docker(), version, ...(daemonPid !== undefined && { daemonPid }) };
  });
}

/** Decides, from what was found, what may be done about an engine that does not answer. */
export function planEngine(situation: Situation): EnginePlan {
  const { reached, dockerHost, root, apt, installed, systemd } = situation;
  const refuse = (line: string): EnginePlan => ({ kind: 'refuse', line });
  if (dockerHost !== undefined) {
    return refuse(`DOCKER_HOST is ${dockerHost}, and no Docker engine answers there (${reached.reason}): start it, or unset DOCKER_HOST`);
  }
  if (reached.kind === 'denied') {
    return refuse(
      `This user may not use the Docker engine at ${DEFAULT_SOCKET}: add yourself to the docker group ` +
        '(usermod -aG docker <user>, then sign in again), or run this as root',
    );
  }
  if (reached.kind === 'silent') {
    return refuse(`The Docker engine at ${DEFAULT_SOCKET} does not answer (${reached.reason}): look at it, and restart it if it is stuck`);
  }
  if (!root) {
    return refuse(
      installed
        ? 'The Docker engine does not run: start it (systemctl start docker), or run this as root'
        : 'No Docker engine answers: install and start one, or run this once as root on Debian or Ubuntu, or set DOCKER_HOST',
    );
  }
  if (!installed && !apt) {
    return refuse(
      'No Docker engine answers, and without apt none can be installed from here: install and start Docker, or set DOCKER_HOST',
    );
  }
  const starters: Starter[] = systemd ? ['systemd'] : ['service', 'daemon'];
  return { kind: 'bring-up', install: !installed, starters };
}

/** Asks the engine that DOCKER_HOST or the default socket names; never rejects. */
export async function reachEngine(): Promise<Reached> {
  try {
    const { Version } = await new Docker({ timeout: ANSWER_SECONDS * 1000 }).version();
    return { kind: 'answers', version: Version };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = typeof code === 'string' ? code : String(error);
    if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied', reason };
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return { kind: 'nobody', reason };
    return { kind: 'silent', reason };
  }
}

/**
 * Starts a daemon in a session of its own, so that neither Ctrl-C nor the end of this program ends it.
 * Returns its process id; what it says goes to the log file.
 */
export function startDaemon(program: string, args: readonly string[], logPath: string): number {
  const log = openSync(logPath, 'a');
  try {
    const daemon = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
    daemon.unref();
    if (daemon.pid === undefined) throw new Error(`${program} could not be started`);
    return daemon.pid;
  } finally {
    closeSync(log);
  }
}

/** Ends a daemon that was started here, and waits for its end. */
export async function endDaemon(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  while (isAlive(pid)) await wait(POLL_MS);
}

interface Started {
  readonly version: string;
  readonly daemonPid?: number;
}

async function startEngine(starters: readonly Starter[]): Promise<Started> {
  let reason = '';
  for (const starter of starters) {
    try {
      if (starter === 'daemon') return await startBareDaemon();
      if (starter === 'systemd') {
        await runQuietly('systemctl start docker', 'systemctl', ['enable', '--now', 'docker']);
      } else {
        await runQuietly('service docker start', 'service', ['docker', 'start']);
      }
      const version = await waitForEngine(() => true);
      if (version !== undefined) return { version };
      reason = `${starter} started it, but it does not answer`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`The Docker engine could not be started (${reason}): start it yourself, or set DOCKER_HOST`);
}

async function startBareDaemon(): Promise<Started> {
  const daemonPid = startDaemon(findProgram('dockerd') ?? 'dockerd', [], DAEMON_LOG);
  const version = await waitForEngine(() => isAlive(daemonPid));
  if (version !== undefined) return { version, daemonPid };
  const last = readFileSync(DAEMON_LOG, 'utf8').trim().split('\n').at(-1);
  throw new Error(`dockerd says: ${last}; all of it is in ${DAEMON_LOG}`);
}

/** Its version once it answers; undefined when it did not in time, or there is no hope left. */
async function waitForEngine(hope: () => boolean): Promise<string | undefined> {
  const deadline = performance.now() + START_SECONDS * 1000;
  while (performance.now() < deadline && hope()) {
    const reached = await reachEngine();
    if (reached.kind === 'answers') return reached.version;
    await wait(POLL_MS);
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// The recommended packages are left out but for those without which containers would not start on some machines.
function enginePackages(): string[] {
  const apparmorIsOn = existsSync('/sys/module/apparmor/parameters/enabled');
  return ['docker.io', 'iptables', 'ca-certificates', ...(apparmorIsOn ? ['apparmor'] : [])];
}
