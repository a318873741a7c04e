// Events considered, each exactly once: what it does to alarms, and which channels are told. Alarms, outbox and the
// place up to which was read are written in one transaction, so that a manager that dies goes on where it stood.

import { raise, recover } from '@mainstay/core/alarms';
import type { RuleId } from '@mainstay/core/id';
import type { Notice, Over } from '@mainstay/core/notice';
import { concerns } from '@mainstay/core/notification-rules';
import { healsItself, isAlarm, isFinal, type Topic, topicOf, topics } from '@mainstay/core/topics';
import type { Event } from '@mainstay/wire/events';
import type { Rule } from '@mainstay/wire/notifications';
import { showRules } from '../app/rules.ts';
import { showEvent } from '../sql/rows.ts';
import type { AlarmRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { alarmsOn, knownAlarm, putAlarm } from './alarm-rows.ts';
import { type About, aboutOf, type Context, contextOf, placeOf, subjectOf } from './facts.ts';
import { alarmNotice, Tellings } from './telling.ts';

/** How many events are considered at once. */
const batch = 500;
/** What is older is no news: it is summed up. */
const newsForMs = 24 * 60 * 60_000;

const cursorKey = 'told-until';

/** Considers the next events. @returns whether there may be more */
export async function considerEvents(world: World): Promise<boolean> {
  const { db } = world.store;
  const newest = await db
    .selectFrom('events')
    .select((e) => e.fn.max('id').as('id'))
    .executeTakeFirst();
  // Most of the time nothing has happened, and nothing is written.
  if (Number(newest?.id ?? 0) <= (await readCursor(db))) return false;
  return world.store.transact(async (writer) => {
    const rows = await writer
      .selectFrom('events')
      .selectAll()
      .where('id', '>', await readCursor(writer))
      .orderBy('id')
      .limit(batch)
      .execute();
    const last = rows.at(-1);
    if (!last) return false;
    await considerAll(writer, rows.map(showEvent), world.clock.now());
    const value = String(last.id);
    await writer
      .insertInto('settings')
      .values({ key: cursorKey, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
    return rows.length === batch;
  });
}

async function readCursor(reader: Pick<Writer, 'selectFrom'>): Promise<number> {
  const row = await reader.selectFrom('settings').select('value').where('key', '=', cursorKey).executeTakeFirst();
  return Number(row?.value ?? 0);
}

async function considerAll(writer: Writer, events: readonly Event[], now: number): Promise<void> {
  const rules = await showRules(writer);
  if (rules.length === 0) return;
  const context = await contextOf(writer, events);
  const old = new Sums();
  for (const event of events) {
    const topic = topicOf(event.happening);
    if (topic === null || isToldOtherwise(event, topic, events, context)) continue;
    const subjectId = subjectOf(event, topic);
    if (subjectId === null) continue;
    const about = aboutOf(event, context);
    const alarms = await alarmsOn(writer, subjectId);
    const tellings = new Tellings(now);
    for (const rule of rules) {
      const notice = await underRule(writer, rule, { event, topic, subjectId, about, context, alarms, now });
      if (notice === null || !rule.enabled) continue;
      if (now - event.at > newsForMs) old.add(rule, topic);
      else tellings.add(rule, notice);
    }
    await tellings.write(writer);
  }
  await old.write(writer, now);
}

/** Whether another event, or nobody, tells of this. */
function isToldOtherwise(event: Event, topic: Topic, events: readonly Event[], { servers }: Context): boolean {
  // A start that leaves its server failed is told by that.
  if (topic === 'operation-failed')
    return events.some((other) => other.operationId === event.operationId && topicOf(other.happening) === 'failed');
  if (topic !== 'data-gone' || event.serverId === null) return false;
  // A purge that was asked to takes the data; that is no loss.
  const server = servers.get(event.serverId);
  return server === undefined || server.state === 'deleting';
}

interface Considered {
  readonly event: Event;
  readonly topic: Topic;
  readonly subjectId: string;
  readonly about: About;
  readonly context: Context;
  readonly alarms: readonly AlarmRow[];
  readonly now: number;
}

/** What an event does to the alarms of one rule. @returns what its channels are told; null: nothing */
async function underRule(writer: Writer, rule: Rule, considered: Considered): Promise<Notice | null> {
  const { event, topic, subjectId, context, alarms, now } = considered;
  const own = new Map(alarms.filter((row) => row.rule_id === rule.id).map((row) => [row.topic, knownAlarm(row)]));
  const windowMs = rule.foldMinutes * 60_000;
  const over: Over[] = [];
  let { about } = considered;
  for (const ended of topics[topic].ends) {
    const known = own.get(ended);
    if (!known) continue;
    const step = recover(known.alarm, event.at, { windowMs }, isFinal(topic));
    await putAlarm(writer, { ruleId: rule.id, topic: ended, subjectId }, step.alarm, known.about);
    // A host that was removed has no name any more but here.
    about = { ...about, host: about.host ?? known.about.host };
    if (step.tell) over.push({ topic: ended, since: known.alarm.since, count: known.alarm.count });
  }
  const recovered: Notice | null = over.length > 0 ? { ...about, telling: 'recovered', topic, over } : null;
  // One that is off begins no alarm; those that stand end all the same.
  if (!rule.enabled || !concerns(rule, topic, placeOf(event, context))) return recovered;
  if (!isAlarm(topic)) return recovered ?? (topics[topic].severity === 'news' ? { ...about, telling: 'news', topic } : null);
  // Held from now: a manager that was down gives hosts the same time to come back as one that was not.
  const { holdMs } = topics[topic];
  const folding = { windowMs, holdMs: holdMs === 0 ? 0 : holdMs + Math.max(0, now - event.at) };
  const { alarm, tell } = raise(own.get(topic)?.alarm ?? null, event.at, folding, healsItself(event.happening));
  await putAlarm(writer, { ruleId: rule.id, topic, subjectId }, alarm, about);
  return tell === null || alarm === null ? recovered : alarmNotice(topic, tell, alarm, about, windowMs);
}

/** What is too old to be told, counted for each rule. */
class Sums {
  readonly #rules = new Map<RuleId, { readonly rule: Rule; readonly counts: Map<Topic, number> }>();

  add(rule: Rule, topic: Topic): void {
    const known = this.#rules.get(rule.id) ?? { rule, counts: new Map() };
    known.counts.set(topic, (known.counts.get(topic) ?? 0) + 1);
    this.#rules.set(rule.id, known);
  }

  async write(writer: Writer, now: number): Promise<void> {
    for (const { rule, counts } of this.#rules.values()) {
      const tellings = new Tellings(now);
      tellings.add(rule, { telling: 'summary', at: now, counts: [...counts].map(([topic, count]) => ({ topic, count })) });
      await tellings.write(writer);
    }
  }
}
