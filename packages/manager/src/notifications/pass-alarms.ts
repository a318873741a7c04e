// What time alone does to alarms: those that were held until they lasted are told, and those that have held long enough
// are over.

import { pass } from '@mainstay/core/alarms';
import type { ServerId } from '@mainstay/core/id';
import { type AlarmTopic, topics } from '@mainstay/core/topics';
import { showRules } from '../app/rules.ts';
import type { AlarmRow } from '../sql/schema.ts';
import type { Reader, Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { knownAlarm, putAlarm } from './alarm-rows.ts';
import { alarmNotice, Tellings } from './telling.ts';

/** What ended longer ago is nobody's alarm again: the longest window is a day. */
const forgottenAfterMs = 24 * 60 * 60_000;
/** Something that should have settled and cannot be seen to: looked at again then. */
const againMs = 60_000;

/** Tells what is due, and forgets what is long over. */
export async function passAlarms(world: World): Promise<void> {
  const now = world.clock.now();
  const due = (reader: Reader) => reader.selectFrom('alarms').selectAll().where('due_at', '<=', now).execute();
  if ((await due(world.store.db)).length === 0) return;
  await world.store.transact(async (writer) => {
    const rules = new Map((await showRules(writer)).map((rule) => [rule.id, rule]));
    for (const row of await due(writer)) {
      const rule = rules.get(row.rule_id);
      if (!rule) continue;
      const { alarm, about } = knownAlarm(row);
      const key = { ruleId: row.rule_id, topic: row.topic, subjectId: row.subject_id };
      if (row.stage === 'settling' && !(await isWell(writer, row))) {
        await putAlarm(writer, key, { ...alarm, dueAt: now + againMs }, about);
        continue;
      }
      const step = pass(alarm, now);
      await putAlarm(writer, key, step.alarm, about);
      if (!step.tell || !step.alarm || !rule.enabled) continue;
      const tellings = new Tellings(now);
      tellings.add(rule, alarmNotice(row.topic, step.tell, step.alarm, about, rule.foldMinutes * 60_000));
      await tellings.write(writer);
    }
  });
}

export async function forgetOldAlarms(world: World): Promise<void> {
  await world.store.db
    .deleteFrom('alarms')
    .where('stage', '=', 'closed')
    .where('ended_at', '<', world.clock.now() - forgottenAfterMs)
    .execute();
}

/** Alarms that are over only while the server runs; of the others their end was seen. */
const needsRunning: ReadonlySet<AlarmTopic> = new Set(['missing', 'failed', 'crashed', 'out-of-memory', 'stopped-unasked']);

async function isWell(writer: Writer, { topic, subject_id }: AlarmRow): Promise<boolean> {
  if (topics[topic].about === 'host' || !needsRunning.has(topic)) return true;
  const server = await writer
    .selectFrom('servers')
    .select('state')
    .where('id', '=', subject_id as ServerId)
    .executeTakeFirst();
  return server?.state === 'running';
}
