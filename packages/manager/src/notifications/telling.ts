// What is told, to whom, and when: the notice of an alarm, the hour at which a rule lets it out, and each channel once.

import type { Alarm } from '@mainstay/core/alarms';
import type { ChannelId } from '@mainstay/core/id';
import type { Notice } from '@mainstay/core/notice';
import { quietUntil } from '@mainstay/core/quiet-hours';
import type { AlarmTopic } from '@mainstay/core/topics';
import type { Rule } from '@mainstay/wire/notifications';
import type { Writer } from '../sql/store.ts';
import type { About } from './facts.ts';
import { enqueue, type Queued } from './outbox.ts';

/** The notice of an alarm that is told. */
export function alarmNotice(
  topic: AlarmTopic,
  telling: 'raised' | 'again' | 'recovered',
  alarm: Alarm,
  about: About,
  windowMs: number,
): Notice {
  return telling === 'recovered'
    ? { ...about, at: alarm.endedAt ?? about.at, telling, topic: null, over: [{ topic, since: alarm.since, count: alarm.count }] }
    : { ...about, at: alarm.raisedAt, telling, topic, count: alarm.count, since: alarm.since, windowMs };
}

/** When a rule lets a notice out. */
function dueOf({ quiet }: Rule, notice: Notice, now: number): Pick<Queued, 'dueAt' | 'held'> {
  const passes =
    quiet === null || (!quiet.alarmsToo && (notice.telling === 'raised' || notice.telling === 'again' || notice.telling === 'recovered'));
  const until = passes ? null : quietUntil(quiet, now);
  return { dueAt: until ?? now, held: until !== null };
}

/** What channels are told of one thing: each once, however many rules say so, and as soon as one of them lets it. */
export class Tellings {
  readonly #now: number;
  readonly #queued = new Map<ChannelId, Queued>();

  constructor(now: number) {
    this.#now = now;
  }

  add(rule: Rule, notice: Notice): void {
    const due = dueOf(rule, notice, this.#now);
    for (const channelId of rule.channelIds) {
      const known = this.#queued.get(channelId);
      if (!known || known.dueAt > due.dueAt) this.#queued.set(channelId, { notice, channelId, ...due });
    }
  }

  async write(writer: Writer): Promise<void> {
    for (const queued of this.#queued.values()) await enqueue(writer, this.#now, queued);
  }
}
