// The servers by host: rows of a table, on a phone cards. A row is drawn again only when its own server changed.

import type { Agent } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { clockText } from '../ui/age.ts';
import { bytesText } from '../ui/bytes.ts';
import { Time } from '../ui/time.tsx';
import { silenceOfHost, silentSince } from './hearing.ts';
import { ServerAddress } from './server-address.tsx';
import { ServerButtons } from './server-buttons.tsx';
import { ServerData } from './server-data.tsx';
import type { HostGroup } from './server-list.ts';
import { ServerSentence } from './server-sentence.tsx';
import { StateAge, StateMark } from './state-mark.tsx';

const columns = text.servers.columns;
const headClass = 'px-3 py-2 text-left text-small font-[500] whitespace-nowrap text-ink-faint';
const cellClass = 'border-t border-line px-3 py-2 max-md:border-0 max-md:p-0';

export function ServerTable({ groups, agents }: { readonly groups: readonly HostGroup[]; readonly agents: readonly Agent[] }) {
  return (
    <div className="rounded-panel border border-line bg-panel max-md:border-0 max-md:bg-transparent">
      <table className="w-full table-fixed border-collapse max-md:block">
        <caption className="sr-only">{text.servers.table}</caption>
        <colgroup className="max-md:hidden">
          <col className="w-50" />
          <col />
          <col className="w-56 max-lg:w-44" />
          <col className="w-22" />
          <col className="w-70 max-lg:w-58" />
        </colgroup>
        <thead className="max-md:sr-only">
          <tr>
            <th scope="col" className={headClass}>
              {columns.state}
            </th>
            <th scope="col" className={headClass}>
              {columns.server}
            </th>
            <th scope="col" className={headClass}>
              {columns.address}
            </th>
            <th scope="col" className={`${headClass} text-right`}>
              {columns.data}
            </th>
            <th scope="col" className={headClass}>
              <span className="sr-only">{columns.actions}</span>
            </th>
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.agentId} className="max-md:block">
            <tr className="max-md:block">
              <th
                scope="rowgroup"
                colSpan={5}
                className="border-t border-line bg-page px-3 py-1.5 text-left text-small font-normal text-ink-soft max-md:block max-md:border-0 max-md:px-0 max-md:py-2"
              >
                <HostLine group={group} agent={agents.find(({ id }) => id === group.agentId)} />
              </th>
            </tr>
            {group.servers.map((server) => (
              <ServerRow key={server.id} server={server} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function HostLine({ group, agent }: { readonly group: HostGroup; readonly agent: Agent | undefined }) {
  const servers = text.servers.count(group.servers.length);
  const silence = agent ? silenceOfHost(agent) : null;
  const since = agent ? silentSince(agent) : null;
  const free = agent?.facts?.diskFreeBytes ?? null;
  return (
    <>
      <Link {...paths.host(group.agentId)} className="font-[600] text-ink hover:underline">
        {group.hostName}
      </Link>
      {text.separator}
      {silence === null ? (
        [
          agent?.facts?.engine ? text.hosts.dockerVersion(agent.facts.engine.version) : null,
          servers,
          free === null ? null : text.servers.free(bytesText(free)),
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

const ServerRow = memo(function ServerRow({ server }: { readonly server: Server }) {
  const deleted = server.state === 'deleted';
  return (
    <tr
      data-state={server.state}
      data-server={server.id}
      className={`hover:bg-hover max-md:mb-2 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:rounded-panel max-md:border max-md:border-line max-md:bg-panel max-md:px-3 max-md:py-2.5 ${deleted ? 'text-ink-faint' : ''}`}
    >
      <td className={`${cellClass} align-middle max-md:col-start-2 max-md:row-start-1 max-md:text-right`}>
        <StateMark server={server} />
        <StateAge server={server} className="block pl-[21px] max-md:pl-0" />
      </td>
      <th scope="row" className={`${cellClass} text-left font-normal max-md:col-start-1 max-md:row-start-1`}>
        <Link
          {...paths.server(server.id)}
          title={server.name}
          className={`block truncate font-[550] hover:underline ${deleted ? 'line-through decoration-1' : ''}`}
        >
          {server.name}
        </Link>
        <ServerSentence server={server} className="truncate text-small text-ink-faint max-md:whitespace-normal" />
      </th>
      <td className={`${cellClass} max-md:col-span-2`}>
        <ServerAddress server={server} most={2} />
      </td>
      <td className={`${cellClass} text-right whitespace-nowrap max-md:hidden`}>
        <ServerData server={server} />
      </td>
      <td className={`${cellClass} max-md:col-span-2`}>
        <div className="flex justify-end max-md:justify-start">
          <ServerButtons server={server} />
        </div>
      </td>
    </tr>
  );
});
