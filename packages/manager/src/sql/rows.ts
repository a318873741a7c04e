// Rows ↔ nouns: JSON columns parsed, ports gathered, and the shapes that the API shows made of them.

import { overQuota, type Quota } from '@mainstay/core/disk';
import { outdated } from '@mainstay/core/drift';
import { operations } from '@mainstay/core/lifecycle';
import { type Reason, sentence } from '@mainstay/core/reason';
import { purgeAt, type Retention } from '@mainstay/core/retention';
import { isSealed, type ServerConduct, type ServerRecord, type ServerSpec } from '@mainstay/core/server';
import type { Sighting } from '@mainstay/core/settle';
import type { Agent } from '@mainstay/wire/agents';
import type { Event } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import type { Settings } from '@mainstay/wire/settings';
import type { Usage } from '@mainstay/wire/usage';
import { originOf } from '../app/copy-order.ts';
import { parsed } from './parsed.ts';
import type { AgentRow, EventRow, OperationRow, PortRow, ServerRow } from './schema.ts';

/** What a server's container is to be made from, by the record. */
export function specOf(row: ServerRow, ports: readonly PortRow[]): ServerSpec {
  return {
    name: row.name,
    image: row.image,
    env: JSON.parse(row.env_json),
    command: parsed(row.command_json),
    ports: ports
      .filter((port) => port.leaving === 0)
      .sort((a, b) => a.position - b.position)
      .map((port) => ({ name: port.name, protocol: port.protocol, containerPort: port.container_port, hostPort: port.host_port })),
    volumes: parsed(row.volumes_json),
    limits: parsed(row.limits_json),
    stop: parsed(row.stop_json),
    restart: row.restart,
    sandbox: parsed(row.sandbox_json),
  };
}

/** How it is dealt with, by the record. */
export function conductOf(row: ServerRow): ServerConduct {
  return {
    console: parsed(row.console_json),
    ready: parsed(row.ready_json),
    install: parsed(row.install_json),
    files: parsed(row.files_json),
    retention: ownRetention(row),
    quota: quotaOf(row),
  };
}

/** All that a server's record says. */
export function recordOf(row: ServerRow, ports: readonly PortRow[]): ServerRecord {
  return { ...specOf(row, ports), ...conductOf(row) };
}

/** The columns that hold a record, its ports apart. */
export function recordColumns(spec: Omit<ServerRecord, 'ports'>) {
  return {
    name: spec.name,
    image: spec.image,
    env_json: JSON.stringify(spec.env),
    command_json: JSON.stringify(spec.command),
    volumes_json: JSON.stringify(spec.volumes),
    limits_json: JSON.stringify(spec.limits),
    stop_json: JSON.stringify(spec.stop),
    restart: spec.restart,
    sandbox_json: JSON.stringify(spec.sandbox),
    console_json: JSON.stringify(spec.console),
    retention_json: spec.retention === null ? null : JSON.stringify(spec.retention),
    quota_json: spec.quota === null ? null : JSON.stringify(spec.quota),
    ready_json: JSON.stringify(spec.ready),
    install_json: JSON.stringify(spec.install),
    files_json: JSON.stringify(spec.files),
  };
}

const ownRetention = (row: ServerRow): ServerRecord['retention'] => (row.retention_json === null ? null : parsed(row.retention_json));

export const quotaOf = (row: Pick<ServerRow, 'quota_json'>): Quota | null => (row.quota_json === null ? null : parsed(row.quota_json));

/** How long a server is kept once it is deleted: its own say, else the installation's. */
export function retentionOf(row: ServerRow, settings: Pick<Settings, 'retentionHours'>): Retention {
  const own = ownRetention(row);
  return own === null ? settings.retentionHours : own.hours;
}

export const sightingOf = (row: ServerRow): Sighting =>
  row.seen_json === null ? { kind: 'unknown', why: 'not looked at yet' } : JSON.parse(row.seen_json);
export const reasonOf = (row: ServerRow): Reason | null => (row.state_reason === null ? null : JSON.parse(row.state_reason));

/** What is known of a server's host while it is shown. */
export interface HostStanding {
  readonly row: AgentRow;
  readonly online: boolean;
  readonly lastHeardAt: number | null;
  readonly clockSkewMs: number | null;
}

export function showServer(
  row: ServerRow,
  ports: readonly PortRow[],
  host: HostStanding,
  open: OperationRow | undefined,
  usage: Usage | null,
  settings: Settings,
): Server {
  const spec = specOf(row, ports);
  const reason = reasonOf(row);
  return {
    id: row.id,
    ...spec,
    env: Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, isSealed(value) ? null : value])),
    ...shownConduct(conductOf(row)),
    command: spec.command === null ? null : [...spec.command],
    ports: [...spec.ports],
    volumes: [...spec.volumes],
    agentId: row.agent_id,
    state: row.state,
    intent: row.intent,
    stateReason: reason === null ? null : sentence(reason),
    stateCause: reason,
    stateSince: row.state_since,
    containerId: row.container_id,
    seenAt: row.seen_at,
    readyAt: row.ready_at,
    crashes: parsed(row.crashes_json),
    template: row.template_json === null ? null : parsed(row.template_json),
    dataFrom: shownOrigin(row),
    dataExists: row.data_exists,
    dataBytes: row.data_bytes,
    volumeBytes: row.volume_bytes_json === null ? null : JSON.parse(row.volume_bytes_json),
    overQuota: overQuota(quotaOf(row), row.data_bytes),
    dataSeenAt: row.data_seen_at,
    deletedAt: row.deleted_at,
    retentionHours: retentionOf(row, settings),
    purgeAt: purgeAt(row.deleted_at, retentionOf(row, settings)),
    outdated: outdated(spec, row.applied_json === null ? null : JSON.parse(row.applied_json)),
    usage: row.state === 'running' ? usage : null,
    operation: open ? showOperation(open) : null,
    host: { name: host.row.name, online: host.online, lastHeardAt: host.lastHeardAt, engine: host.row.engine_state },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revision: row.revision,
  };
}

function shownOrigin(row: ServerRow): Server['dataFrom'] {
  const origin = originOf(row);
  return origin && { serverId: origin.from, name: origin.name };
}

function shownConduct({ install, files, ...conduct }: ServerConduct): Pick<Server, keyof ServerConduct> {
  return {
    ...conduct,
    install: install && { volume: install.volume, image: install.image, entrypoint: install.entrypoint },
    files: files.map((file) => ({ ...file, find: { ...file.find } })),
  };
}

export function showOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    serverId: row.server_id,
    serverName: row.server_name,
    kind: row.kind,
    state: row.state,
    step: row.step,
    progress: row.progress_json === null ? null : JSON.parse(row.progress_json),
    waitingFor: row.waiting_for,
    source: row.source_id === null ? null : { serverId: row.source_id, rests: row.source_rests === 1 },
    cancellable: cancellable(row),
    error: row.error_json === null ? null : JSON.parse(row.error_json),
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** Whether a person can still cancel it, as the lifecycle's table has it. A host that was never reached has begun nothing. */
export function cancellable(row: OperationRow): boolean {
  if (row.ended_at !== null || row.cancel_requested === 1 || row.phase === 'undo') return false;
  return operations[row.kind].cancel === 'any-step' || row.started_at === null;
}

export function showAgent(host: HostStanding, servers: number): Agent {
  const { row } = host;
  const facts = row.facts_json === null ? null : JSON.parse(row.facts_json);
  return {
    id: row.id,
    name: row.name,
    online: host.online,
    since: row.online_changed_at,
    lastHeardAt: host.lastHeardAt,
    engine:
      row.engine_state === null || row.engine_since === null
        ? null
        : { state: row.engine_state, since: row.engine_since, detail: row.engine_detail },
    facts,
    strays: JSON.parse(row.strays_json),
    disk: row.disk_json === null ? null : JSON.parse(row.disk_json),
    nearlyFull: row.nearly_full === 1,
    draining: row.draining === 1,
    clockSkewMs: host.clockSkewMs,
    ports: { from: row.port_from, to: row.port_to },
    servers,
    createdAt: row.created_at,
  };
}

export function showEvent(row: EventRow): Event {
  return {
    id: Number(row.id),
    at: row.at,
    serverId: row.server_id,
    serverName: row.server_name,
    agentId: row.agent_id,
    operationId: row.operation_id,
    cause: JSON.parse(row.cause_json),
    happening: JSON.parse(row.happening_json),
  };
}
