// The servers as rows of a table, on a phone as cards. Only the rows on the screen are drawn, and one is drawn again
// only when its own server changed, so that five thousand cost no more than fifty.

import type { Agent } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, type ReactNode, useMemo } from 'react';
import { text } from '../messages.ts';
import { paths, type ServerView, type SortKey } from '../paths.ts';
import { useWindowWidth, type WindowWidth } from '../ui/media.ts';
import { HostLine } from './host-line.tsx';
import { SelectAll } from './select-all.tsx';
import { SelectBox } from './select-box.tsx';
import { useIsSelected } from './selection.ts';
import { ServerAddress } from './server-address.tsx';
import { ServerButtons } from './server-buttons.tsx';
import { ServerData } from './server-data.tsx';
import { type Line, linesOf, nextSort, type ServerGroup, sortOf } from './server-list.ts';
import { ServerSentence } from './server-sentence.tsx';
import { ServerCpu, ServerMemory } from './server-usage.tsx';
import { StateAge, StateMark } from './state-mark.tsx';
import { useLines } from './use-lines.ts';

const columns = text.servers.columns;
const headClass =
  'sticky top-0 z-[5] border-b border-line bg-panel px-3 py-1 text-left text-small font-[500] whitespace-nowrap text-ink-faint max-md:static first:rounded-tl-panel last:rounded-tr-panel';
const cellClass = 'border-b border-line px-3 py-2 max-md:border-0 max-md:p-0';
/** Where the window is too narrow for all columns, these go first. */
const fromLarge = 'max-lg:hidden';
const fromWide = 'max-xl:hidden';
const fromVast = 'max-[85rem]:hidden';
/** How many are left. A head that spanned more would make columns of its own. */
const columnCounts = { narrow: 8, medium: 4, large: 6, wide: 7, vast: 8 } as const satisfies Record<WindowWidth, number>;

export interface ServerTableProps {
  readonly groups: readonly ServerGroup[];
  readonly agents: readonly Agent[];
  readonly view: ServerView;
  readonly onView: (view: ServerView) => void;
}

/** Before a row was measured, in px: as a row of a wide window, and of a phone. */
const heights = { host: { wide: 29, narrow: 32 }, server: { wide: 53, narrow: 150 } } as const;
const narrowGap = 8;

export function ServerTable({ groups, agents, view, onView }: ServerTableProps) {
  const width = useWindowWidth();
  const narrow = width === 'narrow';
  const columnCount = columnCounts[width];
  const lines = useMemo(() => linesOf(groups), [groups]);
  const keys = useMemo(() => lines.map(({ key }) => key), [lines]);
  const serversAt = useMemo(() => lines.map((line) => (line.kind === 'server' ? [line.server.id] : [])), [lines]);
  const { box, items, measure, before, after } = useLines<HTMLTableSectionElement>({
    keys,
    serversAt,
    estimate: (at) => heights[lines[at]?.kind ?? 'server'][narrow ? 'narrow' : 'wide'],
    gap: narrow ? narrowGap : 0,
  });
  const drawn = items.flatMap((item) => {
    const line = lines[item.index];
    return line ? [{ line, at: item.index }] : [];
  });
  const head = { view, onView };

  return (
    <div className="rounded-t-panel border border-b-0 border-line bg-panel max-md:border-0 max-md:bg-transparent">
      <table className="w-full table-fixed border-separate border-spacing-0 max-md:block" aria-rowcount={lines.length + 1}>
        <caption className="sr-only">{text.servers.table}</caption>
        <colgroup className="max-md:hidden">
          <col className="w-10" />
          <col className="w-44" />
          <col />
          <col className={`w-45 ${fromWide}`} />
          <col className={`w-16 ${fromLarge}`} />
          <col className={`w-31 ${fromLarge}`} />
          <col className={`w-20 ${fromVast}`} />
          <col className="w-47" />
        </colgroup>
        <thead className="max-md:sr-only">
          <tr aria-rowindex={1}>
            <th scope="col" className={`${headClass} pr-0 pl-2`}>
              <SelectAll servers={groups} />
            </th>
            <Head {...head} column="state" />
            <Head {...head} column="name" />
            <Head {...head} column="address" className={fromWide} />
            <Head {...head} column="cpu" className={fromLarge} right />
            <Head {...head} column="memory" className={fromLarge} right />
            <Head {...head} column="data" className={fromVast} right />
            <th scope="col" className={headClass}>
              <span className="sr-only">{columns.actions}</span>
            </th>
          </tr>
        </thead>
        {/* What is not drawn still takes its room. */}
        <tbody ref={box} className="block" style={{ height: before }} />
        {sections(drawn, view.group === 'none').map((section) => (
          <tbody key={section.key} className="max-md:block">
            {section.lines.map(({ line, at }) =>
              line.kind === 'host' ? (
                <tr key={line.key} ref={measure} data-index={at} aria-rowindex={at + 2} className="max-md:mb-2 max-md:block">
                  <th
                    scope="rowgroup"
                    colSpan={columnCount}
                    className="h-7.25 border-b border-line bg-page px-3 py-1.5 text-left text-small font-normal text-ink-soft max-md:block max-md:h-auto max-md:border-0 max-md:px-0 max-md:py-2"
                  >
                    <HostLine line={line} agent={agents.find(({ id }) => id === line.host.agentId)} />
                  </th>
                </tr>
              ) : (
                <ServerRow key={line.key} server={line.server} at={at} measure={measure} />
              ),
            )}
          </tbody>
        ))}
        <tbody className="block" style={{ height: after }} />
      </table>
    </div>
  );
}

interface DrawnLine {
  readonly line: Line;
  readonly at: number;
}

/** The lines by the host that they belong to, so that its head is the head of its rows. */
function sections(drawn: readonly DrawnLine[], flat: boolean): { readonly key: string; readonly lines: readonly DrawnLine[] }[] {
  const result: { key: string; lines: DrawnLine[] }[] = [];
  for (const each of drawn) {
    const key = flat ? '' : each.line.kind === 'host' ? each.line.host.agentId : each.line.server.agentId;
    const last = result.at(-1);
    if (last?.key === key) last.lines.push(each);
    else result.push({ key, lines: [each] });
  }
  return result;
}

interface HeadProps {
  readonly column: SortKey;
  readonly view: ServerView;
  readonly onView: (view: ServerView) => void;
  readonly className?: string;
  readonly right?: boolean;
}

function Head({ column, view, onView, className = '', right = false }: HeadProps) {
  const { key, descending } = sortOf(view);
  const sorted = key === column;
  const Arrow = descending ? ArrowDown : ArrowUp;
  const arrow: ReactNode = (
    <Arrow size={12} aria-hidden="true" className={sorted ? '' : 'opacity-0 group-hover:opacity-40 group-focus-visible:opacity-40'} />
  );
  return (
    <th
      scope="col"
      aria-sort={sorted ? (descending ? 'descending' : 'ascending') : undefined}
      className={`${headClass} ${className} ${right ? 'text-right' : ''}`}
    >
      <button
        type="button"
        title={text.servers.sortBy(columns[column])}
        onClick={() => onView({ ...view, sort: nextSort(view, column) })}
        className={`group inline-flex min-h-6 items-center gap-1 rounded-tag hover:text-ink ${sorted ? 'text-ink' : ''}`}
      >
        {right ? arrow : null}
        {columns[column]}
        {right ? null : arrow}
      </button>
    </th>
  );
}

interface ServerRowProps {
  readonly server: Server;
  readonly at: number;
  readonly measure: (element: Element | null) => void;
}

const ServerRow = memo(function ServerRow({ server, at, measure }: ServerRowProps) {
  const deleted = server.state === 'deleted';
  const selected = useIsSelected(server.id);
  return (
    <tr
      ref={measure}
      data-index={at}
      aria-rowindex={at + 2}
      aria-selected={selected || undefined}
      data-state={server.state}
      data-server={server.id}
      className={`hover:bg-hover has-[[data-open]:focus-visible]:bg-hover aria-selected:bg-hover max-md:mb-2 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-0.5 max-md:rounded-panel max-md:border max-md:border-line max-md:bg-panel max-md:px-3 max-md:py-2.5 ${deleted ? 'text-ink-faint' : ''}`}
    >
      <td className={`${cellClass} pr-0 pl-2 max-md:col-start-2 max-md:row-start-4 max-md:self-center max-md:justify-self-end`}>
        <SelectBox server={server} />
      </td>
      <td className={`${cellClass} max-md:col-start-2 max-md:row-start-1 max-md:text-right`}>
        <StateMark server={server} />
        <StateAge server={server} className="block pl-[21px] max-md:pl-0" />
      </td>
      <th scope="row" className={`${cellClass} text-left font-normal max-md:col-start-1 max-md:row-start-1`}>
        <Link
          {...paths.server(server.id)}
          data-open=""
          title={server.name}
          className={`block scroll-mt-24 scroll-mb-20 truncate font-[550] hover:underline ${deleted ? 'line-through decoration-1' : ''}`}
        >
          {server.name}
        </Link>
        <ServerSentence server={server} className="truncate text-small text-ink-faint max-md:whitespace-normal" />
      </th>
      <td className={`${cellClass} max-md:col-span-2 max-md:row-start-2 md:max-xl:hidden`}>
        <ServerAddress server={server} most={2} />
      </td>
      <td className={`${cellClass} text-right whitespace-nowrap ${fromLarge}`}>
        <ServerCpu server={server} />
      </td>
      <td className={`${cellClass} text-right whitespace-nowrap ${fromLarge}`}>
        <ServerMemory server={server} />
      </td>
      <td className={`${cellClass} text-right whitespace-nowrap ${fromVast}`}>
        <ServerData server={server} />
      </td>
      <td className={`${cellClass} max-md:col-start-1 max-md:row-start-4`}>
        <div className="flex justify-end max-md:justify-start">
          <ServerButtons server={server} />
        </div>
      </td>
    </tr>
  );
});
