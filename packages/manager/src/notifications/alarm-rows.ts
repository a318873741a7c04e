// Alarms as rows: one for each rule, topic and subject, with what was known when it was raised last.

import type { Alarm } from '@mainstay/core/alarms';
import type { RuleId } from '@mainstay/core/id';
import type { Notice } from '@mainstay/core/notice';
import type { AlarmTopic } from '@mainstay/core/topics';
import type { AlarmRow } from '../sql/schema.ts';
import type { Reader, Writer } from '../sql/store.ts';
import type { About } from './facts.ts';

/** What an alarm is known by. */
export interface AlarmKey {
  readonly ruleId: RuleId;
  readonly topic: AlarmTopic;
  readonly subjectId: string;
}

export interface KnownAlarm {
  readonly alarm: Alarm;
  readonly about: About;
}

export function knownAlarm(row: AlarmRow): KnownAlarm {
  return { alarm: JSON.parse(row.alarm_json), about: JSON.parse(row.notice_json) };
}

export async function alarmsOn(writer: Writer, subjectId: string): Promise<AlarmRow[]> {
  return writer.selectFrom('alarms').selectAll().where('subject_id', '=', subjectId).execute();
}

/** The notices with how often their alarms were raised by now: what waited has gone on meanwhile. */
export async function counted(reader: Reader, notices: readonly Notice[]): Promise<Notice[]> {
  return Promise.all(
    notices.map(async (notice) => {
      if (notice.telling !== 'raised' && notice.telling !== 'again') return notice;
      const rows = await reader
        .selectFrom('alarms')
        .selectAll()
        .where('topic', '=', notice.topic)
        .where('subject_id', '=', notice.server?.id ?? notice.host?.id ?? '')
        .execute();
      const same = rows.map((row) => knownAlarm(row).alarm).filter(({ since }) => since === notice.since);
      return { ...notice, count: Math.max(notice.count, ...same.map(({ count }) => count)) };
    }),
  );
}

/** Writes an alarm as it stands now; null: there is none any more. */
export async function putAlarm(writer: Writer, key: AlarmKey, alarm: Alarm | null, about: About): Promise<void> {
  const { ruleId, topic, subjectId } = key;
  if (alarm === null) {
    await writer
      .deleteFrom('alarms')
      .where('rule_id', '=', ruleId)
      .where('topic', '=', topic)
      .where('subject_id', '=', subjectId)
      .execute();
    return;
  }
  const standing = {
    stage: alarm.stage,
    due_at: alarm.dueAt,
    ended_at: alarm.endedAt,
    alarm_json: JSON.stringify(alarm),
    notice_json: JSON.stringify(about),
  };
  await writer
    .insertInto('alarms')
    .values({ rule_id: ruleId, topic, subject_id: subjectId, ...standing })
    .onConflict((conflict) => conflict.columns(['rule_id', 'topic', 'subject_id']).doUpdateSet(standing))
    .execute();
}
