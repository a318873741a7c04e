// The operations in the middle of which manager and agent are killed: how a server comes to where each is asked for, and what
// its plan is made from. Their steps are read off the plans themselves, so that a new step is one more point.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '@mainstay/core/fault';
import type { OperationKind } from '@mainstay/core/lifecycle';
import { plainConduct, plainSandbox, type ServerConduct, type ServerSpec } from '@mainstay/core/server';
import { noInput } from '@mainstay/manager/app/operations';
import { type Planning, type PlanStep, planOf } from '@mainstay/manager/operations/plan';
import { contract } from '@mainstay/wire/contract';
import type { Effect } from '@mainstay/wire/link';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import type { Installation } from '../../e2e/harness/installation.ts';
import type { LinkProxy } from '../../e2e/harness/link-proxy.ts';
import { freshName, sampleServer } from '../../e2e/harness/sample.ts';
import { until } from '../../e2e/harness/until.ts';
import { leaveKeepsake } from '../installation-ground.ts';

/** An installation, and what is between its host and its manager. */
export interface Place {
  readonly mainstay: Installation;
  readonly link: LinkProxy;
}

/** An operation that is about to be asked for. */
export interface Asking {
  /** The servers that it is about, whose effects count. */
  readonly servers: readonly string[];
  /** Asks, and does what else leads to the point. */
  readonly ask: () => Promise<Operation>;
  /** What must have come of it beside all that holds always. */
  readonly afterwards?: (operation: Operation) => unknown;
}

export interface Crashing {
  readonly kind: OperationKind;
  readonly called: string;
  readonly phase: 'forward' | 'undo';
  readonly planning: Omit<Partial<Planning>, 'input'> & { readonly input?: Partial<Planning['input']> };
  readonly ends: Operation['state'];
  readonly prepare: (place: Place) => Promise<Asking>;
}

/** A step as it is seen on the link; null: it is in the record alone, done between its neighbours. */
export type Point = Effect['action'] | null;

const script = `require('fs').appendFileSync('/mnt/server/runs', 'x');`;
const install = { volume: 'world', image: SAMPLE_IMAGE, entrypoint: 'node', script };
const files = [{ volume: 'world', path: 'lobby.properties', parser: 'properties' as const, create: true, find: { motd: '{{env.MOTD}}' } }];
// So long that it is surely not there yet when somebody is killed.
const ready = { line: '\\[ready\\]', regex: true };
const slow = { START_SECONDS: '2' };

const spec: ServerSpec = {
  name: 'any',
  image: SAMPLE_IMAGE,
  env: {},
  command: null,
  ports: [],
  volumes: [{ name: 'world', containerPath: '/data' }],
  limits: { memoryMb: null, cpus: null },
  stop: { signal: null, graceSeconds: 10 },
  restart: 'unless-stopped',
  sandbox: plainSandbox,
};
const conduct = (more: Partial<ServerConduct>): ServerConduct => ({ ...plainConduct, ...more });
const id = '00000000-0000-4000-8000-000000000000';
const copy = { from: id as Server['id'], name: 'source', stop: true, live: false };

/** What the plan of an operation asks, step by step. */
export function pointsOf({ kind, phase, planning }: Pick<Crashing, 'kind' | 'phase' | 'planning'>): PlanStep[] {
  const whole: Planning = {
    operationId: id as Planning['operationId'],
    serverId: id as Planning['serverId'],
    spec,
    env: () => ({}),
    applied: spec,
    appliedEnv: () => ({}),
    conduct: plainConduct,
    made: { template: null, createdAt: 0 },
    source: null,
    ...planning,
    input: { ...noInput, from: 'running', intentBefore: 'running', ...planning.input },
  };
  return planOf(kind, phase, whole);
}

export function onLink(step: PlanStep): Point {
  if (step.action === 'release-source') return null;
  return step.action === 'stop-source' ? 'ensure-stopped' : step.action;
}

async function lived({ mainstay }: Place, more: Parameters<typeof sampleServer>[0] = {}): Promise<Server> {
  const server = await mainstay.create(more);
  await until('the world on the disk', () => readFileSync(join(mainstay.host.dataOf(server.id), 'volumes/world/world.json')));
  return server;
}

const asked = (place: Place, what: 'start' | 'stop' | 'restart' | 'rebuild' | 'delete', server: Server): Asking => ({
  servers: [server.id],
  ask: () => place.mainstay.ask(what, server),
});

const runs = ({ mainstay }: Place, server: string) => readFileSync(join(mainstay.host.dataOf(server), 'volumes/world/runs'), 'utf8');

const clone = async ({ mainstay }: Place, source: Server): Promise<Operation> => {
  const { ports } = await sampleServer();
  return mainstay.call(contract.cloneServer, { params: { serverId: source.id }, body: { name: freshName('clone'), data: 'copy', ports } });
};

const isCopy = ({ effect }: { readonly effect: Effect }) => effect.action === 'ensure-copied';

/** A clone is begun and cancelled before any of its data has come. */
async function cancelledClone(place: Place, source: Server): Promise<Operation> {
  const { mainstay, link } = place;
  const copying = link.hold(isCopy, 'before');
  const operation = await clone(place, source);
  await copying.reached;
  await mainstay.call(contract.cancelOperation, { params: { operationId: operation.id } });
  copying.release();
  return operation;
}

const sourceRuns = (place: Place, source: Server) =>
  place.mainstay.untilServer(source.id, 'the source running and free', ({ state, operation }) => state === 'running' && !operation, 60_000);

const purged = async (place: Place, archive: boolean): Promise<Server> => {
  const server = await lived(place);
  await place.mainstay.carryOut('delete', server);
  if (!archive) await place.mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
  return server;
};

export const crashings: readonly Crashing[] = [
  {
    kind: 'create',
    called: 'create with an install script, files to be set, and a line that says when it is ready',
    phase: 'forward',
    planning: { conduct: conduct({ install, files, ready }), applied: null, input: { run: true, install: 'unless-done' } },
    ends: 'succeeded',
    async prepare(place) {
      const { mainstay } = place;
      const body = await sampleServer({ install, files, ready, env: { MOTD: 'hello', ...slow } });
      return {
        servers: [],
        ask: () => mainstay.call(contract.createServer, { body }),
        async afterwards({ serverId }) {
          expect(runs(place, serverId)).toBe('x');
          await mainstay.untilServer(serverId, 'the server ready', ({ readyAt }) => readyAt !== null);
        },
      };
    },
  },
  {
    kind: 'create',
    called: 'clone of a server that runs, with its data',
    phase: 'forward',
    planning: {
      applied: null,
      source: { spec, conduct: plainConduct, remote: false, bytes: null },
      input: { run: true, install: 'unless-done', copy },
    },
    ends: 'succeeded',
    async prepare(place) {
      const source = await lived(place);
      const kept = leaveKeepsake(place.mainstay.host, source);
      return {
        servers: [source.id],
        ask: () => clone(place, source),
        async afterwards({ serverId }) {
          await sourceRuns(place, source);
          const name = (server: string) => join(place.mainstay.host.dataOf(server), 'volumes/world');
          expect(kept).not.toBe('');
          expect(readFileSync(join(name(serverId), 'world.json'), 'utf8')).toContain(
            JSON.parse(readFileSync(join(name(source.id), 'world.json'), 'utf8')).id,
          );
        },
      };
    },
  },
  {
    kind: 'create',
    called: 'clone that is cancelled before its data has come',
    phase: 'undo',
    planning: {
      applied: null,
      source: { spec, conduct: plainConduct, remote: false, bytes: null },
      input: { run: true, install: 'unless-done', copy },
    },
    ends: 'cancelled',
    async prepare(place) {
      const source = await lived(place);
      return { servers: [source.id], ask: () => cancelledClone(place, source), afterwards: () => sourceRuns(place, source) };
    },
  },
  {
    kind: 'start',
    called: 'start of a missing server',
    phase: 'forward',
    planning: { conduct: conduct({ files }), input: { from: 'missing' } },
    ends: 'succeeded',
    async prepare(place) {
      const server = await lived(place, { files });
      await place.mainstay.outside.remove(server.name);
      await place.mainstay.untilState(server.id, 'missing');
      return asked(place, 'start', server);
    },
  },
  {
    kind: 'stop',
    called: 'stop',
    phase: 'forward',
    planning: {},
    ends: 'succeeded',
    prepare: async (place) => asked(place, 'stop', await lived(place)),
  },
  {
    kind: 'restart',
    called: 'restart, with files to be set',
    phase: 'forward',
    planning: { conduct: conduct({ files }) },
    ends: 'succeeded',
    prepare: async (place) => asked(place, 'restart', await lived(place, { files })),
  },
  {
    kind: 'rebuild',
    called: 'rebuild, with files to be set',
    phase: 'forward',
    planning: { conduct: conduct({ files }), input: { run: true } },
    ends: 'succeeded',
    prepare: async (place) => asked(place, 'rebuild', await lived(place, { files })),
  },
  {
    kind: 'rebuild',
    called: 'rebuild that installs again',
    phase: 'forward',
    planning: { conduct: conduct({ files, install }), input: { run: true, install: 'again' } },
    ends: 'succeeded',
    async prepare(place) {
      const server = await lived(place, { files, install });
      return {
        servers: [server.id],
        ask: () => place.mainstay.call(contract.rebuildServer, { params: { serverId: server.id }, body: { reinstall: true } }),
        afterwards: () => expect(runs(place, server.id)).toBe('xx'),
      };
    },
  },
  {
    kind: 'rebuild',
    called: 'rebuild whose new container does not stay up',
    phase: 'undo',
    planning: { conduct: conduct({ files }), input: { run: true } },
    ends: 'failed',
    async prepare(place) {
      const server = await lived(place, { files, restart: 'no' });
      const env = { ...server.env, CRASH_ON_START: '3' };
      await place.mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { env } });
      return {
        ...asked(place, 'rebuild', server),
        afterwards: async () =>
          expect(await place.mainstay.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId }),
      };
    },
  },
  {
    kind: 'delete',
    called: 'delete',
    phase: 'forward',
    planning: {},
    ends: 'succeeded',
    prepare: async (place) => asked(place, 'delete', await lived(place)),
  },
  {
    kind: 'delete',
    called: 'delete of a clone whose data never came',
    phase: 'forward',
    planning: { input: { from: 'failed', copy } },
    ends: 'succeeded',
    async prepare(place) {
      const source = await lived(place);
      const cancelled = await cancelledClone(place, source);
      await place.mainstay.ended(cancelled);
      await sourceRuns(place, source);
      return asked(place, 'delete', await place.mainstay.server(cancelled.serverId));
    },
  },
  {
    kind: 'restore',
    called: 'restore of a purged server from the trash',
    phase: 'forward',
    planning: { input: { from: 'deleted', trashId: 'any' } },
    ends: 'succeeded',
    async prepare(place) {
      const { mainstay } = place;
      const server = await purged(place, false);
      const { agentId } = server;
      const { items } = await mainstay.call(contract.getTrash, { params: { agentId } });
      const trashId = items.find(({ serverId }) => serverId === server.id)?.id ?? '';
      return {
        servers: [server.id],
        ask: () => mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body: {} }),
        async afterwards() {
          expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing' });
          await mainstay.carryOut('start', server);
          expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', dataExists: 'yes' });
        },
      };
    },
  },
  {
    kind: 'purge',
    called: 'purge with the data, an archive made before',
    phase: 'forward',
    planning: { input: { from: 'deleted', removeData: true, archive: true } },
    ends: 'succeeded',
    async prepare(place) {
      const { mainstay } = place;
      const server = await purged(place, true);
      const { agentId } = server;
      return {
        servers: [server.id],
        ask: () => mainstay.ask('purge', server, { removeData: true, archive: true, confirmName: server.name }),
        async afterwards() {
          await expect(mainstay.server(server.id)).rejects.toMatchObject({ code: 'not-found' } satisfies Partial<Fault>);
          const { items, archives } = await mainstay.call(contract.getTrash, { params: { agentId } });
          expect(items.filter(({ serverId }) => serverId === server.id)).toHaveLength(1);
          expect(archives.filter(({ serverId }) => serverId === server.id)).toHaveLength(1);
        },
      };
    },
  },
];
