// A host for tests: the real engine, a data root of its own, an installation of its own. Whatever it made is gone after
// `close`.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, InstallationId, ServerId } from '@mainstay/core/id';
import { Known } from '@mainstay/core/known';
import { plainSandbox } from '@mainstay/core/server';
import type { ContainerSpec, Effect, Observation, ObservedServer } from '@mainstay/wire/link';
import Docker from 'dockerode';
import { pino } from 'pino';
import { systemClock } from '../src/clock.ts';
import { createData } from '../src/data.ts';
import { createDockerEngine } from '../src/docker.ts';
import { Endings } from '../src/endings.ts';
import type { Engine } from '../src/engine.ts';
import { createSequence } from '../src/identity.ts';
import { refuseInUse } from '../src/in-use.ts';
import { Keeping } from '../src/keeping.ts';
import { Looker } from '../src/look.ts';
import { createMeasuring } from '../src/measuring.ts';
import { PolicyFile } from '../src/policy-file.ts';
import { Readiness } from '../src/readiness.ts';
import { openRoot } from '../src/root.ts';
import type { AskManager } from '../src/steps/step.ts';
import { apply, type SteppingWorld } from '../src/steps.ts';
import { Told } from '../src/told.ts';
import { createTurns } from '../src/turns.ts';
import { watch } from '../src/watch.ts';

export const sampleImage = 'mainstay/sample-server:1';
export const docker = new Docker();
const clock = systemClock;

export const newServerId = () => randomUUID() as ServerId;

/** A sample server's record: up in no time, and gone as fast. */
export function sampleSpec(name: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name,
    image: sampleImage,
    env: { START_SECONDS: '0', STOP_SECONDS: '0' },
    sealedEnv: {},
    command: null,
    ports: [],
    volumes: [{ name: 'world', containerPath: '/data' }],
    limits: { memoryMb: 256, cpus: null },
    stop: { signal: null, graceSeconds: 3 },
    restart: 'no',
    sandbox: plainSandbox,
    ...changes,
  };
}

/** The sample image holds nothing but Node: a program of one's own is a script for it. */
export const program = (script: string) => ['node', '-e', script];

export type TestHost = Awaited<ReturnType<typeof openHost>>;

const noManager: AskManager = () => Promise.reject(new Fault('host-away', 'There is no manager.'));

/**
 * @param wrap stands between the agent and the engine: for a test's faults
 * @param askManager answers for the manager
 */
export async function openHost(wrap: (engine: Engine) => Engine = (engine) => engine, askManager = noManager) {
  const dataRoot = await mkdtemp(join(tmpdir(), 'mainstay-agent-'));
  const installationId = randomUUID() as InstallationId;
  const root = { path: dataRoot, rootId: await openRoot(dataRoot, null), installationId };
  const engine = wrap(createDockerEngine({ socket: null, local: true }));
  const data = createData(root, clock);
  const known = new Known(new Map());
  const endings = new Endings();
  const turns = createTurns();
  const sequence = createSequence(1).next;
  const readiness = new Readiness({ engine, clock });
  const looker = new Looker({ installationId, engine, data, known, endings, readiness, clock, sequence, busy: turns.busy });
  const told = new Told(endings);
  const world: SteppingWorld = {
    agentId: randomUUID() as AgentId,
    installationId,
    engine,
    data,
    known,
    endings,
    readiness,
    clock,
    sequence,
    looker,
    told,
    turns,
    keeping: new Keeping(root, clock, null, (serverId) => refuseInUse({ engine, installationId }, serverId)),
    measure: createMeasuring(root, data, clock),
    root,
    askManager,
    policy: await PolicyFile.open({ path: join(dataRoot, 'policy.yaml'), named: false }, pino({ level: 'silent' })),
  };
  const stopping = new AbortController();
  const sent: Observation[] = [];

  return {
    ...world,
    world,
    turns,
    root,
    dataRoot,
    /** What the watch has sent. */
    sent,
    async do(serverId: ServerId, ...effects: Effect[]) {
      let answer: Awaited<ReturnType<typeof apply>> | undefined;
      for (const effect of effects) {
        answer = await apply(world, { serverId, containerId: null, effect, engineId: null }, () => undefined, new AbortController().signal);
      }
      if (!answer) throw new Error('nothing was asked for');
      return answer;
    },
    /** Watches until `close`; resolves once the first look is sent. */
    async watch() {
      const send = async (observation: Observation) => {
        sent.push(observation);
        return true;
      };
      void watch(
        { installationId, engine, looker, endings, readiness, told, clock, log: pino({ level: 'silent' }), send },
        stopping.signal,
      );
      await eventually(() => sent.length > 0);
      // The stream is up once it has asked for its full look; an event before that would be seen late.
      await eventually(() => endings.listening);
    },
    /** The newest that was sent of a server. */
    newest(serverId: ServerId): ObservedServer | undefined {
      return sent.flatMap((observation) => observation.servers.filter((server) => server.serverId === serverId)).at(-1);
    },
    async close() {
      stopping.abort();
      readiness.close();
      const ours = await docker.listContainers({ all: true, filters: { label: [`${labels.installation}=${installationId}`] } });
      await Promise.all(ours.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
      await rm(dataRoot, { recursive: true, force: true });
    },
  };
}

/** Effects that bring a new server up. */
export function bringUp(spec: ContainerSpec): Effect[] {
  return [
    { action: 'guard-data', spec, make: true, allowEmptyData: false },
    { action: 'ensure-image', image: spec.image, unlessContainer: true },
    { action: 'ensure-container', spec },
    { action: 'ensure-running', mustHold: false, ready: null },
  ];
}

/** Waits until it holds. @throws when it does not within `ms` */
export async function eventually(holds: () => unknown, ms = 8000): Promise<void> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
    if (Date.now() > until) throw new Error(`It did not come true within ${ms} ms: ${holds}`);
    await clock.pause(20, new AbortController().signal);
  }
}
