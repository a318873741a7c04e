// The first tables: hosts, servers with their ports, operations, events, credentials.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const end = sql.raw(dialect.tableEnd);
  const create = (name: string) => db.schema.createTable(name).modifyEnd(end);

  await create('settings')
    .addColumn('key', 'text', (c) => c.primaryKey().notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();

  await create('agents')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('public_key', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('last_heard_at', integer)
    .addColumn('online_changed_at', integer, (c) => c.notNull())
    .addColumn('engine_id', 'text')
    .addColumn('engine_state', 'text')
    .addColumn('engine_since', integer)
    .addColumn('engine_detail', 'text')
    .addColumn('engine_other_id', 'text')
    .addColumn('facts_json', 'text')
    .addColumn('strays_json', 'text', (c) => c.notNull())
    .addColumn('port_from', integer, (c) => c.notNull())
    .addColumn('port_to', integer, (c) => c.notNull())
    .addColumn('seen_sequence', integer, (c) => c.notNull())
    .execute();

  await create('servers')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull().references('agents.id'))
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('image', 'text', (c) => c.notNull())
    .addColumn('env_json', 'text', (c) => c.notNull())
    .addColumn('command_json', 'text', (c) => c.notNull())
    .addColumn('volumes_json', 'text', (c) => c.notNull())
    .addColumn('limits_json', 'text', (c) => c.notNull())
    .addColumn('stop_json', 'text', (c) => c.notNull())
    .addColumn('restart', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('intent', 'text', (c) => c.notNull())
    .addColumn('state_reason', 'text')
    .addColumn('state_since', integer, (c) => c.notNull())
    .addColumn('container_id', 'text')
    .addColumn('container_name', 'text')
    .addColumn('engine_id', 'text')
    .addColumn('applied_json', 'text')
    .addColumn('seen_json', 'text')
    .addColumn('seen_sequence', integer, (c) => c.notNull())
    .addColumn('seen_at', integer)
    .addColumn('data_exists', 'text', (c) => c.notNull())
    .addColumn('data_bytes', integer)
    .addColumn('data_seen_at', integer)
    .addColumn('deleted_at', integer)
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .addColumn('revision', integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('servers_by_agent').on('servers').columns(['agent_id', 'state']).execute();

  // The primary key is the promise: never two servers on one (host, protocol, port).
  await create('port_allocations')
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('protocol', 'text', (c) => c.notNull())
    .addColumn('host_port', integer, (c) => c.notNull())
    .addColumn('server_id', 'text', (c) => c.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('container_port', integer, (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('position', integer, (c) => c.notNull())
    .addColumn('leaving', integer, (c) => c.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('one_server_a_port', ['agent_id', 'protocol', 'host_port'])
    .execute();
  await db.schema.createIndex('ports_by_server').on('port_allocations').column('server_id').execute();

  await create('operations')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('server_name', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('input_json', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('step_index', integer, (c) => c.notNull())
    .addColumn('step', 'text')
    .addColumn('progress_json', 'text')
    .addColumn('waiting_for', 'text')
    .addColumn('error_json', 'text')
    .addColumn('cancel_requested', integer, (c) => c.notNull())
    .addColumn('requested_by', 'text', (c) => c.notNull())
    .addColumn('cancelled_by', 'text')
    .addColumn('idempotency_key', 'text')
    .addColumn('idempotency_hash', 'text')
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', integer)
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('started_at', integer)
    .addColumn('ended_at', integer)
    .execute();
  // The second promise: one open operation a server at most.
  await db.schema
    .createIndex('one_open_operation')
    .unique()
    .on('operations')
    .column('server_id')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  await db.schema.createIndex('operations_by_server').on('operations').columns(['server_id', 'created_at']).execute();
  await db.schema.createIndex('operations_by_key').unique().on('operations').columns(['requested_by', 'idempotency_key']).execute();

  await create('events')
    .addColumn('id', integer, (c) => dialect.autoIncrement(c.primaryKey()))
    .addColumn('at', integer, (c) => c.notNull())
    .addColumn('server_id', 'text')
    .addColumn('server_name', 'text')
    .addColumn('agent_id', 'text')
    .addColumn('operation_id', 'text')
    .addColumn('cause_json', 'text', (c) => c.notNull())
    .addColumn('happening_json', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('events_by_server').on('events').columns(['server_id', 'id']).execute();

  await create('credentials')
    .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('expires_at', integer)
    .execute();
}
