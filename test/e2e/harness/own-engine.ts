// A Docker engine of a test's own, in a network of its own, which may be treated as no shared one may: ended, killed, frozen,
// set up anew behind the same socket, its disk filled. It holds the sample image; nothing is left of it when it is closed.

import { execFile as execFileCallback, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, createWriteStream, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import { mountDisk } from './disks.ts';
import { mountedBelow, note, ownDirectory, runDirectory } from './ledger.ts';
import { createOutside, type Outside } from './outside.ts';
import { until } from './until.ts';

const execFile = promisify(execFileCallback);

/** Longer than an engine waits for its containers' ends (10 s) before it ends itself. */
const endMs = 40_000;

export interface OwnEngine {
  /** For DOCKER_HOST. */
  readonly address: string;
  readonly outside: Outside;
  /** The network that it is in, as `ip netns` calls it. */
  readonly network: string;
  /** Where it keeps containers and images. */
  readonly dataRoot: string;
  /** Starts it and waits until it answers. Nothing to do when it runs. */
  start(): Promise<void>;
  /** As `service docker stop` does. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** What starts from now on is an engine set up anew, on an empty data root. @returns how to have the own one back */
  exchange(): () => void;
  loadSampleImage(): Promise<void>;
  close(): Promise<void>;
}

export interface OwnEngineOptions {
  /** So large is the disk that its data root is on; left out: this machine's. */
  readonly diskMb?: number;
}

export async function openOwnEngine({ diskMb }: OwnEngineOptions = {}): Promise<OwnEngine> {
  const directory = ownDirectory('dockerd');
  const network = await openNetwork('engine');
  const [socket, dataRoot, execRoot, pidfile] = ['docker.sock', 'data', 'exec', 'pid'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
    string,
  ];
  mkdirSync(dataRoot);
  if (diskMb !== undefined) await mountDisk(dataRoot, diskMb);
  let rootNow = dataRoot;
  const address = `unix://${socket}`;
  const outside = createOutside(address);
  const logFile = join(directory, 'log');
  let running: { readonly pid: number; readonly ended: Promise<void> } | null = null;

  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (running === null) return;
    const { pid, ended } = running;
    process.kill(pid, signal);
    await ended;
  };
  /** Starts it unless it runs. @returns whether it answers; no: it has ended */
  const answers = async (): Promise<boolean> => {
    running ??= begin();
    const { ended } = running;
    const up = until('the own engine answering', () => outside.docker.ping(), Boolean, endMs).then(() => true);
    up.catch(() => undefined);
    return Promise.race([up, ended.then(() => false)]);
  };
  const begin = () => {
    // The numbers that killed ones left may be somebody else's by now, and are waited for.
    for (const file of [pidfile, join(execRoot, 'containerd/containerd.pid')]) rmSync(file, { force: true });
    const log = openSync(logFile, 'a');
    const places = ['--data-root', rootNow, '--exec-root', execRoot, '--pidfile', pidfile, '--host', address];
    const child = spawn('nsenter', [`--net=/var/run/netns/${network}`, 'dockerd', ...places], { stdio: ['ignore', log, log] });
    closeSync(log);
    if (child.pid === undefined) throw new Error('dockerd could not be started');
    note('processes', String(child.pid));
    const ended = once(child, 'exit').then(() => {
      running = null;
    });
    return { pid: child.pid, ended };
  };
  const engine: OwnEngine = {
    address,
    outside,
    network,
    dataRoot,
    async start() {
      // A killed one's programs may still be ending, and then the next one gives up: what keeps a service up starts it once more.
      for (let tries = 1; !(await answers()); tries += 1) {
        if (tries > 3) throw new Error(`dockerd ended: ${readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1)}`);
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void (running && process.kill(running.pid, 'SIGSTOP')),
    thaw: () => void (running && process.kill(running.pid, 'SIGCONT')),
    exchange() {
      rootNow = `${dataRoot}.anew`;
      return () => {
        rootNow = dataRoot;
      };
    },
    async loadSampleImage() {
      const loading = await outside.docker.loadImage(await sampleArchive());
      await new Promise((resolve, reject) => loading.on('error', reject).on('end', resolve).resume());
    },
    async close() {
      engine.thaw();
      await engine.start();
      const containers = await outside.docker.listContainers({ all: true });
      await Promise.all(containers.map(({ Id }) => outside.remove(Id)));
      await engine.stop();
      for (const place of mountedBelow(directory)) execFileSync('umount', [place]);
      closeNetwork(network);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await engine.start();
  await engine.loadSampleImage();
  return engine;
}

/** A network namespace with nothing but its own loopback. @returns its name */
export async function openNetwork(what: string): Promise<string> {
  const name = `mainstay-${what}-${randomBytes(3).toString('hex')}`;
  note('networks', name);
  await execFile('ip', ['netns', 'add', name]);
  await execFile('ip', ['-netns', name, 'link', 'set', 'lo', 'up']);
  return name;
}

export function closeNetwork(name: string): void {
  execFileSync('ip', ['netns', 'del', name]);
}

/** This machine's engine is asked for the image once a run. */
async function sampleArchive(): Promise<string> {
  const file = join(runDirectory(), 'sample-image.tar');
  if (!existsSync(file)) {
    const own = `${file}.${randomBytes(4).toString('hex')}`;
    await pipeline(await new Docker().getImage(SAMPLE_IMAGE).get(), createWriteStream(own));
    renameSync(own, file);
  }
  return file;
}
