// A host's line in the list of servers: its name, how it stands, how many servers it shows.

import type { Agent } from '@mainstay/wire/agents';
import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { clockText } from '../ui/age.ts';
import { bytesText } from '../ui/bytes.ts';
import { Time } from '../ui/time.tsx';
import { silenceOfHost, silentSince } from './hearing.ts';
import type { Line } from './server-list.ts';

export interface HostLineProps {
  readonly line: Extract<Line, { kind: 'host' }>;
  readonly agent: Agent | undefined;
}

export function HostLine({ line: { host, group }, agent }: HostLineProps) {
  const servers = text.servers.count(group.servers.length);
  const silence = agent ? silenceOfHost(agent) : null;
  const since = agent ? silentSince(agent) : null;
  const free = agent?.facts?.diskFreeBytes ?? null;
  return (
    <>
      <Link {...paths.host(host.agentId)} className="font-[600] text-ink hover:underline">
        {host.name}
      </Link>
      {text.separator}
      {silence === null ? (
        [
          agent?.facts?.engine ? text.hosts.dockerVersion(agent.facts.engine.version) : null,
          servers,
          free === null ? null : text.servers.free(bytesText(free)),
          agent?.draining ? text.hosts.draining : null,
        ]
          .filter((part) => part !== null)
          .join(text.separator)
      ) : (
        <>
          <span className="text-unheard">
            {since === null ? (
              text.hosts.neverHeard
            ) : (
              <Time
                at={since}
                words={(at, now) => (silence === 'away' ? text.hosts.away : text.hosts.silentEngine[silence])(clockText(at, now))}
              />
            )}
          </span>
          {text.separator}
          {text.servers.asLastSeen(servers)}
        </>
      )}
    </>
  );
}
