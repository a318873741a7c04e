// Whole records for tests, each good by the wire's own schema: a test names only what it is about.

import { type Agent, agent } from '@mainstay/wire/agents';
import { type Event, event } from '@mainstay/wire/events';
import { type Operation, operation } from '@mainstay/wire/operations';
import { type Server, server } from '@mainstay/wire/servers';

/** A readable id: `id(7)`. */
export const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const moment = 1_700_000_000_000;

export function sampleServer(told: Partial<Record<keyof Server, unknown>> = {}): Server {
  return server.parse({
    id: id(1),
    name: 'lobby',
    agentId: id(100),
    state: 'running',
    intent: 'running',
    stateReason: 'started',
    stateCause: { code: 'operation', operation: 'start' },
    stateSince: moment,
    image: 'mainstay/sample-server:1',
    env: {},
    command: null,
    ports: [{ name: 'lobby', protocol: 'tcp', containerPort: 7777, hostPort: 20000 }],
    volumes: [{ name: 'world', containerPath: '/data' }],
    limits: { memoryMb: null, cpus: null },
    stop: { signal: null, graceSeconds: 30 },
    restart: 'unless-stopped',
    sandbox: {},
    console: { via: 'stdin' },
    ready: null,
    readyAt: null,
    crashes: [],
    install: null,
    files: [],
    template: null,
    dataFrom: null,
    containerId: 'c0ffee',
    seenAt: moment,
    dataExists: 'yes',
    dataBytes: 3_200_000_000,
    dataSeenAt: moment,
    deletedAt: null,
    retention: null,
    quota: null,
    volumeBytes: { world: 3_200_000_000 },
    overQuota: false,
    retentionHours: 24,
    purgeAt: null,
    outdated: [],
    usage: null,
    operation: null,
    host: { name: 'basement', online: true, lastHeardAt: moment, engine: 'ok' },
    createdAt: moment,
    updatedAt: moment,
    revision: 1,
    ...told,
  });
}

export function sampleAgent(told: Partial<Record<keyof Agent, unknown>> = {}): Agent {
  return agent.parse({
    id: id(100),
    name: 'basement',
    online: true,
    since: moment,
    lastHeardAt: moment,
    engine: { state: 'ok', since: moment, detail: null },
    facts: null,
    strays: [],
    disk: null,
    nearlyFull: false,
    draining: false,
    clockSkewMs: null,
    ports: { from: 20000, to: 29999 },
    servers: 1,
    createdAt: moment,
    ...told,
  });
}

export function sampleOperation(told: Partial<Record<keyof Operation, unknown>> = {}): Operation {
  return operation.parse({
    id: id(200),
    serverId: id(1),
    serverName: 'lobby',
    kind: 'start',
    state: 'running',
    step: 'ensure-image',
    progress: null,
    waitingFor: null,
    source: null,
    cancellable: true,
    error: null,
    requestedBy: 'mara',
    createdAt: moment,
    startedAt: moment,
    endedAt: null,
    ...told,
  });
}

export function sampleEvent(told: Partial<Record<keyof Event, unknown>> = {}): Event {
  return event.parse({
    id: 1,
    at: moment,
    serverId: id(1),
    serverName: 'lobby',
    agentId: id(100),
    operationId: null,
    cause: { by: 'observation', sequence: 1 },
    happening: { kind: 'server-data', from: 'unknown', to: 'yes' },
    ...told,
  });
}
