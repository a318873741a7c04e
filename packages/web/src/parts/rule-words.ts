// A rule as a sentence.

import { alarmTopics } from '@mainstay/core/topics';
import type { Agent } from '@mainstay/wire/agents';
import type { Channel, Rule } from '@mainstay/wire/notifications';
import type { Server } from '@mainstay/wire/servers';
import { notificationText } from '../messages/notifications.ts';
import { text } from '../messages.ts';

const words = notificationText;

/** What rules name. */
export interface Named {
  readonly channels: readonly Pick<Channel, 'id' | 'name'>[];
  readonly servers: readonly Pick<Server, 'id' | 'name' | 'state'>[];
  readonly agents: readonly Pick<Agent, 'id' | 'name'>[];
}

const list = new Intl.ListFormat(text.locale, { type: 'conjunction' });

/** `every alarm and 2 things · of all servers · to phone · quiet 22:00–07:00` */
export function ruleText({ topics, scope, channelIds, quiet }: Rule, { channels, servers, agents }: Named): string {
  const names = (ids: readonly string[], known: readonly { readonly id: string; readonly name: string }[]) =>
    list.format(ids.map((id) => known.find((each) => each.id === id)?.name ?? words.gone));
  const where =
    scope.kind === 'all'
      ? words.ofAll
      : scope.kind === 'hosts'
        ? words.ofHosts(names(scope.agentIds, agents))
        : words.ofServers(names(scope.serverIds, servers));
  return [
    topicsText(topics),
    where,
    words.to(names(channelIds, channels)),
    ...(quiet === null ? [] : [words.quietSpan(quiet.from, quiet.to)]),
  ].join(text.separator);
}

/** A few by their names, every alarm as such, many as a number. */
function topicsText(topics: Rule['topics']): string {
  const rest = alarmTopics.every((topic) => topics.includes(topic)) ? topics.filter((topic) => !isAlarm(topic)) : topics;
  const all = rest.length < topics.length ? [words.allAlarms] : [];
  const named = rest.length <= 2 ? rest.map((topic) => words.inSentence(words.topics[topic])) : [words.someTopics(rest.length)];
  return list.format([...all, ...named]);
}

const isAlarm = (topic: Rule['topics'][number]) => alarmTopics.some((alarm) => alarm === topic);
