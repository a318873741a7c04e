// A rule while it is being typed. What is right about it is decided by the API's own schema.

import type { AgentId, ChannelId, ServerId } from '@mainstay/core/id';
import { alarmTopics, type ChosenTopic } from '@mainstay/core/topics';
import type { contract, RequestOf } from '@mainstay/wire/contract';
import { type Channel, createRule, type Rule } from '@mainstay/wire/notifications';
import { type Checked, errorsOfParsed, numberIn } from './field-errors.ts';

export interface RuleDraft {
  readonly name: string;
  readonly enabled: boolean;
  readonly topics: readonly ChosenTopic[];
  readonly scope: 'all' | 'hosts' | 'servers';
  readonly agentIds: readonly AgentId[];
  readonly serverIds: readonly ServerId[];
  readonly channelIds: readonly ChannelId[];
  readonly isQuiet: boolean;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly alarmsToo: boolean;
  readonly foldMinutes: string;
}

const night = { from: '22:00', to: '07:00', alarmsToo: false } as const;

/** The time zone of whoever types. */
const ownTimeZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every alarm of every server, to the one channel that there is. */
export function newRuleDraft(channels: readonly Pick<Channel, 'id'>[]): RuleDraft {
  return {
    name: '',
    enabled: true,
    topics: alarmTopics,
    scope: 'all',
    agentIds: [],
    serverIds: [],
    channelIds: channels.length === 1 ? channels.map(({ id }) => id) : [],
    isQuiet: false,
    ...night,
    timeZone: ownTimeZone(),
    foldMinutes: '10',
  };
}

export function ruleDraftOf({ name, enabled, topics, scope, channelIds, quiet, foldMinutes }: Rule): RuleDraft {
  return {
    name,
    enabled,
    topics,
    scope: scope.kind,
    agentIds: scope.kind === 'hosts' ? scope.agentIds : [],
    serverIds: scope.kind === 'servers' ? scope.serverIds : [],
    channelIds,
    isQuiet: quiet !== null,
    ...night,
    timeZone: ownTimeZone(),
    ...quiet,
    foldMinutes: String(foldMinutes),
  };
}

export type RuleBody = RequestOf<typeof contract.createRule>['body'];

/** Checks a rule by the schema of `POST /api/notifications/rules`, which has every field that a change may have. */
export function checkRule(draft: RuleDraft): Checked<RuleBody> {
  const { name, enabled, topics, scope, agentIds, serverIds, channelIds, isQuiet, from, to, timeZone, alarmsToo } = draft;
  const body = {
    name: name.trim(),
    enabled,
    topics,
    scope: scope === 'all' ? { kind: scope } : scope === 'hosts' ? { kind: scope, agentIds } : { kind: scope, serverIds },
    channelIds,
    quiet: isQuiet ? { from, to, timeZone: timeZone.trim(), alarmsToo } : null,
    foldMinutes: numberIn(draft.foldMinutes),
  };
  const parsed = createRule.safeParse(body);
  return parsed.success ? { kind: 'right', body: parsed.data } : { kind: 'wrong', errors: errorsOfParsed(parsed) };
}

/** The list with `item`, or without it. */
export function toggled<T>(items: readonly T[], item: T, isIn: boolean): readonly T[] {
  return isIn ? [...items, item] : items.filter((each) => each !== item);
}
