// The alarms that rules watch and that are not over.

import { type Access, may } from '@mainstay/core/access';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { noticeWords } from '@mainstay/core/notice-words';
import { topics } from '@mainstay/core/topics';
import type { OpenAlarm } from '@mainstay/wire/notifications';
import { knownAlarm } from '../notifications/alarm-rows.ts';
import { alarmNotice } from '../notifications/telling.ts';
import type { World } from '../world.ts';

/** Oldest first. What is held until it has lasted is not shown: it may be nothing. */
export async function openAlarms(world: World): Promise<OpenAlarm[]> {
  const rows = await world.store.db
    .selectFrom('alarms')
    .innerJoin('rules', 'rules.id', 'alarms.rule_id')
    .selectAll('alarms')
    .select(['rules.name', 'rules.fold_ms'])
    .where('stage', 'in', ['open', 'settling'])
    .execute();
  const now = world.clock.now();
  const shown = rows.map((row): OpenAlarm => {
    const { alarm, about } = knownAlarm(row);
    const notice = alarmNotice(row.topic, 'raised', alarm, about, row.fold_ms);
    const ofServer = topics[row.topic].about === 'server';
    return {
      ruleId: row.rule_id,
      ruleName: row.name,
      topic: row.topic,
      serverId: ofServer ? (row.subject_id as ServerId) : null,
      agentId: ofServer ? ((about.host?.id ?? null) as AgentId | null) : (row.subject_id as AgentId),
      subject: (ofServer ? about.server?.name : about.host?.name) ?? 'A host',
      text: noticeWords(notice, now).text,
      since: alarm.since,
      raisedAt: alarm.raisedAt,
      count: alarm.count,
      settlesAt: alarm.stage === 'settling' ? alarm.dueAt : null,
    };
  });
  return shown.sort((a, b) => a.since - b.since);
}

/** Whether somebody may see what an alarm is about. */
export function seesAlarm(access: Access, { serverId, agentId }: OpenAlarm): boolean {
  if (agentId === null) return may(access, 'see', { kind: 'installation' });
  return may(access, 'see', serverId === null ? { kind: 'host', agentId } : { kind: 'server', serverId, agentId });
}
