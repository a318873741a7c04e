// Which rules an event concerns: by its topic, and by where it happened. Pure; the rule comes as it was recorded.

import type { AgentId, ServerId } from './id.ts';
import type { ChosenTopic, Topic } from './topics.ts';

export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'hosts'; readonly agentIds: readonly AgentId[] }
  | { readonly kind: 'servers'; readonly serverIds: readonly ServerId[] };

/** Where something happened. A host's own events have no server. */
export interface Place {
  readonly serverId: ServerId | null;
  readonly agentId: AgentId | null;
  /** The servers of the host, when it is the host's own event: whoever names servers is told of the hosts that they are on. */
  readonly serversThere: readonly ServerId[];
}

/** Whether the rule is about this place. */
export function covers(scope: Scope, { serverId, agentId, serversThere }: Place): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'hosts':
      return agentId !== null && scope.agentIds.includes(agentId);
    case 'servers':
      return serverId === null ? serversThere.some((id) => scope.serverIds.includes(id)) : scope.serverIds.includes(serverId);
  }
}

/** Whether the rule asks to be told of the topic there. */
export function concerns(rule: { readonly topics: readonly ChosenTopic[]; readonly scope: Scope }, topic: Topic, place: Place): boolean {
  return rule.topics.some((chosen) => chosen === topic) && covers(rule.scope, place);
}
