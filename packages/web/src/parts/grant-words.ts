// What somebody was given, in words: a role and where it holds.

import type { Grant, Scope } from '@mainstay/core/access';
import { useQuery } from '@tanstack/react-query';
import { people } from '../messages/people.ts';
import { agentsQuery, serversQuery } from '../queries.ts';

const words = people.grants;

/** Says grants with the names that hosts and servers have now. */
export function useGrantWords(): (grant: Grant) => string {
  const { data: servers = [] } = useQuery(serversQuery);
  const { data: agents = [] } = useQuery(agentsQuery);
  const where = (scope: Scope): string => {
    if (scope.kind === 'everything') return words.everything;
    if (scope.kind === 'host') {
      const host = agents.find(({ id }) => id === scope.agentId);
      return host ? words.host(host.name) : words.goneHost;
    }
    const server = servers.find(({ id }) => id === scope.serverId);
    return server ? words.server(server.name) : words.goneServer;
  };
  return ({ role, scope }) => (scope.kind === 'everything' ? words.roles[role] : words.said(words.roles[role], where(scope)));
}
