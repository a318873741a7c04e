// Notifications: channels, rules, the alarms that rules watch, and the outbox. What happened before stays untold: the
// cursor begins behind the newest event.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const create = (name: string) => db.schema.createTable(name).modifyEnd(sql.raw(dialect.tableEnd));

  await create('channels')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('allow_private', integer, (c) => c.notNull())
    .addColumn('settings_json', 'text', (c) => c.notNull())
    .addColumn('sealed', 'text', (c) => c.notNull())
    .addColumn('paused_until', integer)
    .addColumn('last_json', 'text')
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .execute();

  await create('rules')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('enabled', integer, (c) => c.notNull())
    .addColumn('topics_json', 'text', (c) => c.notNull())
    .addColumn('scope_json', 'text', (c) => c.notNull())
    .addColumn('quiet_json', 'text')
    .addColumn('fold_ms', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('updated_at', integer, (c) => c.notNull())
    .execute();

  // A channel that a rule uses cannot go; a rule takes its alarms along.
  await create('rule_channels')
    .addColumn('rule_id', 'text', (c) => c.notNull().references('rules.id').onDelete('cascade'))
    .addColumn('channel_id', 'text', (c) => c.notNull().references('channels.id'))
    .addColumn('position', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('one_channel_a_rule', ['rule_id', 'channel_id'])
    .execute();

  await create('alarms')
    .addColumn('rule_id', 'text', (c) => c.notNull().references('rules.id').onDelete('cascade'))
    .addColumn('topic', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('due_at', integer)
    .addColumn('ended_at', integer)
    .addColumn('alarm_json', 'text', (c) => c.notNull())
    .addColumn('notice_json', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('one_alarm_a_subject', ['rule_id', 'topic', 'subject_id'])
    .execute();
  await db.schema.createIndex('alarms_by_subject').on('alarms').column('subject_id').execute();
  await db.schema.createIndex('alarms_by_due').on('alarms').column('due_at').where(sql.ref('due_at'), 'is not', null).execute();

  await create('deliveries')
    .addColumn('sequence', integer, (c) => dialect.autoIncrement(c.primaryKey()))
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('channel_id', 'text', (c) => c.notNull().references('channels.id').onDelete('cascade'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('notices_json', 'text', (c) => c.notNull())
    .addColumn('omitted', integer, (c) => c.notNull())
    .addColumn('held', integer, (c) => c.notNull())
    .addColumn('tries', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('queued_at', integer, (c) => c.notNull())
    .addColumn('due_at', integer)
    .addColumn('tried_at', integer)
    .addColumn('response_code', integer)
    .addColumn('error', 'text')
    .execute();
  await db.schema.createIndex('deliveries_by_channel').on('deliveries').columns(['channel_id', 'state']).execute();
  // What has an end has no time to be tried at: looking for what is due looks at nothing else.
  await db.schema
    .createIndex('deliveries_by_due')
    .on('deliveries')
    .columns(['channel_id', 'due_at'])
    .where(sql.ref('due_at'), 'is not', null)
    .execute();

  await sql`insert into settings (key, value) select 'told-until', coalesce(max(id), 0) from events`.execute(db);

  // Whether its connection was last known to stand, so that one that does not come back after the manager was down is missed.
  await db.schema
    .alterTable('agents')
    .addColumn('connected', integer, (c) => c.notNull().defaultTo(0))
    .execute();
}
