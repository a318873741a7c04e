// Rules: which channels are told of what. Recorded as they were asked for, once the channels, hosts and servers that
// they name are known to be there.

import { Fault } from '@mainstay/core/fault';
import type { RuleId } from '@mainstay/core/id';
import type { ConfigureRule, CreateRule, Rule } from '@mainstay/wire/notifications';
import { newId } from '../random.ts';
import type { RuleRow } from '../sql/schema.ts';
import type { Reader, Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { fieldFault, refuseTaken } from './field-faults.ts';

type Wanted = Omit<Rule, 'id' | 'createdAt' | 'updatedAt'>;

/** All rules by name. */
export async function showRules(reader: Reader): Promise<Rule[]> {
  const rows = await reader.selectFrom('rules').selectAll().orderBy('name').execute();
  const channels = await reader.selectFrom('rule_channels').selectAll().orderBy('position').execute();
  const channelsOf = Map.groupBy(channels, (row) => row.rule_id);
  return rows.map((row) =>
    showRule(
      row,
      (channelsOf.get(row.id) ?? []).map(({ channel_id }) => channel_id),
    ),
  );
}

/** @throws Fault `not-found` */
export async function getRule(reader: Reader, id: RuleId): Promise<Rule> {
  const found = (await showRules(reader)).find((rule) => rule.id === id);
  if (!found) throw new Fault('not-found', 'There is no rule with this id.');
  return found;
}

export async function createRule(world: World, wanted: CreateRule): Promise<Rule> {
  return world.store.transact(async (writer) => {
    await refuseTaken(writer, 'rules', wanted.name, null);
    await refuseUnknown(writer, wanted, null);
    const id = newId<RuleId>();
    const at = world.clock.now();
    await writer
      .insertInto('rules')
      .values({ id, ...columns(wanted), created_at: at, updated_at: at })
      .execute();
    await putChannels(writer, id, wanted.channelIds);
    return getRule(writer, id);
  });
}

/** Changes what is given. An alarm that it watches goes on being watched, so that its end is told. */
export async function configureRule(world: World, id: RuleId, change: ConfigureRule): Promise<Rule> {
  return world.store.transact(async (writer) => {
    const before = await getRule(writer, id);
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const wanted: Wanted = { ...before, ...Object.fromEntries(given) };
    await refuseTaken(writer, 'rules', wanted.name, id);
    await refuseUnknown(writer, wanted, before);
    await writer
      .updateTable('rules')
      .set({ ...columns(wanted), updated_at: world.clock.now() })
      .where('id', '=', id)
      .execute();
    await writer.deleteFrom('rule_channels').where('rule_id', '=', id).execute();
    await putChannels(writer, id, wanted.channelIds);
    return getRule(writer, id);
  });
}

export async function deleteRule(world: World, id: RuleId): Promise<void> {
  const { numDeletedRows } = await world.store.db.deleteFrom('rules').where('id', '=', id).executeTakeFirst();
  if (Number(numDeletedRows) === 0) throw new Fault('not-found', 'There is no rule with this id.');
}

function columns({ name, enabled, topics, scope, quiet, foldMinutes }: Wanted) {
  return {
    name,
    enabled: enabled ? 1 : 0,
    topics_json: JSON.stringify([...new Set(topics)]),
    scope_json: JSON.stringify(scope),
    quiet_json: quiet === null ? null : JSON.stringify(quiet),
    fold_ms: foldMinutes * 60_000,
  };
}

async function putChannels(writer: Writer, id: RuleId, channelIds: Wanted['channelIds']): Promise<void> {
  const rows = [...new Set(channelIds)].map((channel_id, position) => ({ rule_id: id, channel_id, position }));
  await writer.insertInto('rule_channels').values(rows).execute();
}

/** What a rule names must be there. What it has named already may be gone: a purge does not ask rules. */
async function refuseUnknown(reader: Reader, { channelIds, scope }: Wanted, before: Wanted | null): Promise<void> {
  const channels = new Set((await reader.selectFrom('channels').select('id').execute()).map(({ id }) => id));
  refuseMissing(channelIds, channels, (at) => ['channelIds', at], 'channel');
  if (scope.kind === 'hosts') {
    const known = await reader.selectFrom('agents').select('id').where('id', 'in', scope.agentIds).execute();
    const named = before?.scope.kind === 'hosts' ? before.scope.agentIds : [];
    refuseMissing(scope.agentIds, new Set([...known.map(({ id }) => id), ...named]), (at) => ['scope', 'agentIds', at], 'agent');
  }
  if (scope.kind === 'servers') {
    const known = await reader.selectFrom('servers').select('id').where('id', 'in', scope.serverIds).execute();
    const named = before?.scope.kind === 'servers' ? before.scope.serverIds : [];
    refuseMissing(scope.serverIds, new Set([...known.map(({ id }) => id), ...named]), (at) => ['scope', 'serverIds', at], 'server');
  }
}

function refuseMissing<Id>(ids: readonly Id[], known: ReadonlySet<Id>, path: (at: number) => (string | number)[], what: string): void {
  const at = ids.findIndex((id) => !known.has(id));
  if (at >= 0) throw fieldFault('invalid-request', path(at), `There is no ${what} with this id.`);
}

function showRule(row: RuleRow, channelIds: Rule['channelIds']): Rule {
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled === 1,
    topics: JSON.parse(row.topics_json),
    scope: JSON.parse(row.scope_json),
    channelIds,
    quiet: row.quiet_json === null ? null : JSON.parse(row.quiet_json),
    foldMinutes: row.fold_ms / 60_000,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
