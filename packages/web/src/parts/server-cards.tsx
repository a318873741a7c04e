// The servers as cards, as many beside each other as the window holds. The same facts as a row's, for those who know
// their servers by place rather than by line.

import type { Agent } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';
import { Link } from '@tanstack/react-router';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { HostLine } from './host-line.tsx';
import { SelectBox } from './select-box.tsx';
import { useIsSelected } from './selection.ts';
import { ServerAddress } from './server-address.tsx';
import { ServerButtons } from './server-buttons.tsx';
import { ServerData } from './server-data.tsx';
import { type Line, linesOf, type ServerGroup } from './server-list.ts';
import { ServerSentence } from './server-sentence.tsx';
import { ServerCpu, ServerMemory } from './server-usage.tsx';
import { StateAge, StateMark } from './state-mark.tsx';
import { useLines } from './use-lines.ts';

/** A card narrower than this would break its numbers, in px. */
const leastWidth = 300;
const gap = 12;
const heights = { host: 32, cards: 160 } as const;

type CardLine =
  | { readonly kind: 'host'; readonly key: string; readonly line: Extract<Line, { kind: 'host' }> }
  | { readonly kind: 'cards'; readonly key: string; readonly servers: readonly Server[] };

/** Lines of at most `across` cards; a host's begin on a line of their own. */
function cardLines(lines: readonly Line[], across: number): CardLine[] {
  const result: CardLine[] = [];
  for (const line of lines) {
    const last = result.at(-1);
    if (line.kind === 'host') result.push({ kind: 'host', key: line.key, line });
    else if (last?.kind === 'cards' && last.servers.length < across) {
      result[result.length - 1] = { ...last, servers: [...last.servers, line.server] };
    } else result.push({ kind: 'cards', key: line.key, servers: [line.server] });
  }
  return result;
}

export function ServerCards({ groups, agents }: { readonly groups: readonly ServerGroup[]; readonly agents: readonly Agent[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const [across, setAcross] = useState(3);
  useEffect(() => {
    if (frame.current === null) return;
    const watcher = new ResizeObserver(([entry]) => {
      if (entry) setAcross(Math.max(1, Math.floor((entry.contentRect.width + gap) / (leastWidth + gap))));
    });
    watcher.observe(frame.current);
    return () => watcher.disconnect();
  }, []);
  const lines = useMemo(() => cardLines(linesOf(groups), across), [groups, across]);
  const keys = useMemo(() => lines.map(({ key }) => key), [lines]);
  const serversAt = useMemo(() => lines.map((line) => (line.kind === 'cards' ? line.servers.map(({ id }) => id) : [])), [lines]);
  const { box, items, measure, before, after } = useLines<HTMLDivElement>({
    keys,
    serversAt,
    estimate: (at) => heights[lines[at]?.kind ?? 'cards'],
    gap,
  });
  return (
    <div ref={frame}>
      <div ref={box} style={{ height: before }} />
      <section aria-label={text.servers.table} className="flex flex-col gap-3">
        {items.map(({ index, key }) => {
          const line = lines[index];
          if (!line) return null;
          return line.kind === 'host' ? (
            <h2 key={key} ref={measure} data-index={index} className="py-2 text-small font-normal text-ink-soft">
              <HostLine line={line.line} agent={agents.find(({ id }) => id === line.line.host.agentId)} />
            </h2>
          ) : (
            <ul
              key={key}
              ref={measure}
              data-index={index}
              className="grid gap-3"
              style={{ gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))` }}
            >
              {line.servers.map((server) => (
                <ServerCard key={server.id} server={server} />
              ))}
            </ul>
          );
        })}
      </section>
      <div style={{ height: after }} />
    </div>
  );
}

const ServerCard = memo(function ServerCard({ server }: { readonly server: Server }) {
  const deleted = server.state === 'deleted';
  const selected = useIsSelected(server.id);
  return (
    <li
      data-state={server.state}
      data-server={server.id}
      className={`flex flex-col gap-2 rounded-panel border bg-panel px-3 py-2.5 has-[[data-open]:focus-visible]:bg-hover ${selected ? 'border-ink' : 'border-line'} ${deleted ? 'text-ink-faint' : ''}`}
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <Link
            {...paths.server(server.id)}
            data-open=""
            title={server.name}
            className={`block scroll-mt-24 scroll-mb-20 truncate font-[550] hover:underline ${deleted ? 'line-through decoration-1' : ''}`}
          >
            {server.name}
          </Link>
          <ServerSentence server={server} className="truncate text-small text-ink-faint" />
        </div>
        <div className="text-right">
          <StateMark server={server} />
          <StateAge server={server} className="block" />
        </div>
      </div>
      <ServerAddress server={server} most={1} />
      <dl className="grid grid-cols-[auto_1fr_auto] gap-x-3 text-small text-ink-faint whitespace-nowrap *:flex *:gap-1.5 [&_dd]:text-ink">
        <div>
          <dt>{text.servers.columns.cpu}</dt>
          <dd>
            <ServerCpu server={server} />
          </dd>
        </div>
        <div>
          <dt>{text.servers.columns.memory}</dt>
          <dd>
            <ServerMemory server={server} />
          </dd>
        </div>
        <div>
          <dt>{text.servers.columns.data}</dt>
          <dd>
            <ServerData server={server} />
          </dd>
        </div>
      </dl>
      <div className="mt-auto flex items-center justify-between">
        <ServerButtons server={server} />
        <SelectBox server={server} />
      </div>
    </li>
  );
});
