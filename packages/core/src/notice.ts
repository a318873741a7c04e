// A notice: one thing that a channel is told. It holds what is known, not words, so that an age in it is right whenever
// it is sent. `notice-words.ts` says it.

import type { Telling } from './alarms.ts';
import type { OperationKind } from './lifecycle.ts';
import type { Reason } from './reason.ts';
import type { AlarmTopic, Topic } from './topics.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What is known about it; what a topic has no use for is left out. */
export interface NoticeFacts {
  readonly reason?: Reason | undefined;
  /** Whether the world is there, as last looked; left out where a server keeps none. */
  readonly data?: 'yes' | 'no' | 'unknown' | undefined;
  readonly dataBytes?: number | null | undefined;
  readonly dataRemoved?: boolean | undefined;
  /** How long until it is purged, by then. */
  readonly purgeInMs?: number | undefined;
  readonly memoryLimitMb?: number | null | undefined;
  readonly quotaBytes?: number | null | undefined;
  readonly freeBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
  /** How often the engine has started it anew. */
  readonly restarts?: number | null | undefined;
  readonly operation?: OperationKind | undefined;
  readonly detail?: string | null | undefined;
  readonly who?: string | undefined;
  readonly engine?: 'ok' | 'unreachable' | 'other' | undefined;
  /** How long the host had been silent by then. */
  readonly silentMs?: number | undefined;
  /** How many servers are on the host. */
  readonly servers?: number | undefined;
}

/** An alarm that is over. */
export interface Over {
  readonly topic: AlarmTopic;
  readonly since: number;
  readonly count: number;
}

interface AboutSomething {
  /** When it happened. */
  readonly at: number;
  readonly server: Named | null;
  readonly host: Named | null;
  readonly facts: NoticeFacts;
}

export type Notice =
  /** An alarm: for the first time, or back within the window. */
  | (AboutSomething & {
      readonly telling: Exclude<Telling, 'recovered'>;
      readonly topic: AlarmTopic;
      readonly count: number;
      readonly since: number;
      readonly windowMs: number;
    })
  /** Alarms that are over, and by what; null: it has simply held since `at`. */
  | (AboutSomething & { readonly telling: 'recovered'; readonly topic: Topic | null; readonly over: readonly Over[] })
  | (AboutSomething & { readonly telling: 'news'; readonly topic: Topic })
  /** What is too old to be told one by one. */
  | { readonly telling: 'summary'; readonly at: number; readonly counts: readonly { readonly topic: Topic; readonly count: number }[] }
  | { readonly telling: 'test'; readonly at: number; readonly who: string };

/** More than this at once nobody reads one by one. */
export const fewAtOnce = 3;

/** More notices than this one message does not hold; how many were left out is said. */
export const mostInMessage = 50;

/**
 * Whether what waits for a channel goes out as one message.
 * @param waiting each: whether it was held back by quiet hours, whose end is told in one
 */
export function goesTogether(waiting: readonly { readonly held: boolean }[]): boolean {
  return waiting.length > fewAtOnce || (waiting.length > 1 && waiting.some(({ held }) => held));
}

export type Gravity = 'alarm' | 'recovered' | 'news';

/** How grave a message is: an alarm when something in it began and did not end in it too. */
export function gravityOf(notices: readonly Notice[]): Gravity {
  const standing = new Set<string>();
  for (const notice of notices) {
    if (notice.telling === 'raised' || notice.telling === 'again') standing.add(keyOf(notice, notice.topic));
    if (notice.telling === 'recovered') for (const { topic } of notice.over) standing.delete(keyOf(notice, topic));
  }
  if (standing.size > 0) return 'alarm';
  return notices.length > 0 && notices.every(({ telling }) => telling === 'recovered') ? 'recovered' : 'news';
}

const keyOf = ({ server, host }: { server: Named | null; host: Named | null }, topic: Topic) => `${topic} ${server?.id ?? host?.id}`;
