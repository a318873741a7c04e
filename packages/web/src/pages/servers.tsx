// All servers, whatever their containers do: what needs attention, the filters, and the list as the address lays it out.

import { type State, states } from '@mainstay/core/lifecycle';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { LayoutGrid, Rows3, Search } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useMemo, useRef } from 'react';
import { later } from '../later.ts';
import { text } from '../messages.ts';
import { refusalHere, useAccess } from '../parts/access.ts';
import { attentionItems } from '../parts/attention.ts';
import { AttentionStrip } from '../parts/attention-strip.tsx';
import { BulkBar } from '../parts/bulk-bar.tsx';
import { FirstServer } from '../parts/first-server.tsx';
import { BrokenFace } from '../parts/not-there.tsx';
import { countStates, groupServers, sortOf } from '../parts/server-list.ts';
import { ServerTable } from '../parts/server-table.tsx';
import { singleKeys } from '../parts/single-keys.ts';
import { stateFaces } from '../parts/state-faces.ts';
import { paths, patterns, readServerFilter, readServerView, type ServerFilter, type ServerView, sortKeys } from '../paths.ts';
import { agentsQuery, serversQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { presentTime } from '../ui/clock.ts';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';

/** The layout that fewer choose, loaded when it is chosen. */
const ServerCards = later(async () => (await import('../parts/server-cards.tsx')).ServerCards);

const noAgents: Agents = [];

export function ServersPage() {
  const search = useSearch({ from: `/shell${patterns.servers}` });
  const { filter, view } = useMemo(() => ({ filter: readServerFilter(search), view: readServerView(search) }), [search]);
  const asked = useQuery(serversQuery);
  const { data: servers, error } = asked;
  const { data: agents } = useQuery(agentsQuery);
  const navigate = useNavigate();
  const setFilter = (next: ServerFilter) => void navigate({ ...paths.servers({ ...next, ...view }), replace: true });
  const setView = (next: ServerView) =>
    void navigate({ ...paths.servers({ ...filter, ...readServerView({ ...next }) }), replace: true, resetScroll: false });
  useAccess();
  const noServers = servers?.length === 0;
  const refusal = refusalHere('create', 'somewhere');

  return (
    <>
      <PageHead title={text.servers.title}>
        {noServers ? null : <SearchField filter={filter} onChange={setFilter} />}
        {refusal === null ? (
          <Link {...paths.newServer()} className={buttonClass({ kind: 'primary' })}>
            {text.servers.new}
          </Link>
        ) : (
          <Button kind="primary" refusal={refusal}>
            {text.servers.new}
          </Button>
        )}
      </PageHead>
      {servers === undefined ? (
        error ? (
          <BrokenFace title={text.servers.broken} asked={[asked]} />
        ) : (
          <LoadingRows />
        )
      ) : noServers ? (
        <FirstServer agents={agents} />
      ) : (
        <>
          <AttentionStrip items={attentionItems(servers, agents ?? [], presentTime())} />
          <Filters filter={filter} counts={countStates(servers, filter)} hosts={agents ?? []} onChange={setFilter}>
            <Layout view={view} onView={setView} />
          </Filters>
          <Shown filter={filter} view={view} servers={servers} agents={agents ?? noAgents} onChange={setFilter} onView={setView} />
        </>
      )}
      {/* Beside whatever is shown: what came of a purge of all is read when none is left. */}
      {servers === undefined ? null : <BulkBar servers={servers} />}
    </>
  );
}

type Agents = Parameters<typeof attentionItems>[1];
type FilterChange = (filter: ServerFilter) => void;
type ViewChange = (view: ServerView) => void;

interface ShownProps {
  readonly filter: ServerFilter;
  readonly view: ServerView;
  readonly servers: Parameters<typeof groupServers>[0];
  readonly agents: Agents;
  readonly onChange: FilterChange;
  readonly onView: ViewChange;
}

function Shown({ filter, view, servers, agents, onChange, onView }: ShownProps) {
  const groups = useMemo(() => groupServers(servers, filter, view), [servers, filter, view]);
  if (groups.length > 0) {
    return view.layout === 'cards' ? (
      <Suspense>
        <ServerCards groups={groups} agents={agents} />
      </Suspense>
    ) : (
      <ServerTable groups={groups} agents={agents} view={view} onView={onView} />
    );
  }
  const unfiltered = Object.keys(filter).length === 0;
  return unfiltered ? (
    <Face
      shape="struck-ring"
      title={text.servers.onlyDeleted}
      next={<Button onPress={() => onChange({ deleted: true })}>{text.servers.showDeleted}</Button>}
    >
      <p>{text.servers.onlyDeletedDetail}</p>
    </Face>
  ) : (
    <Face title={text.servers.noMatch} next={<Button onPress={() => onChange({})}>{text.servers.clear}</Button>}>
      <p>{text.servers.noMatchDetail}</p>
    </Face>
  );
}

function without<K extends keyof ServerFilter>(filter: ServerFilter, key: K): Omit<ServerFilter, K> {
  const { [key]: _dropped, ...rest } = filter;
  return rest;
}

function SearchField({ filter, onChange }: { readonly filter: ServerFilter; readonly onChange: FilterChange }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=dialog], [role=menu]');
      if (event.key !== '/' || !singleKeys() || event.ctrlKey || event.metaKey || event.altKey || typing) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="relative w-70 max-md:order-last max-md:w-full">
      <Search size={14} aria-hidden="true" className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-faint" />
      <input
        ref={field}
        type="search"
        aria-label={text.servers.search}
        placeholder={text.servers.search}
        value={filter.q ?? ''}
        onChange={({ target }) => onChange(target.value === '' ? without(filter, 'q') : { ...filter, q: target.value })}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        className="peer min-h-8.5 w-full rounded-control border border-edge bg-panel py-1.25 pr-8 pl-8 placeholder:text-ink-faint pointer-coarse:min-h-11 [&::-webkit-search-cancel-button]:hidden"
      />
      <kbd className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 rounded-tag border border-line px-1.25 font-mono text-[11px]/4 text-ink-faint peer-focus:hidden pointer-coarse:hidden">
        {text.servers.searchKey}
      </kbd>
    </div>
  );
}

/** Those of which there are none, and that a person rarely looks for, get no chip. */
const alwaysShown: Record<State, boolean> = {
  creating: false,
  running: true,
  stopped: true,
  missing: true,
  failed: true,
  deleted: true,
  deleting: false,
};

function Filters({
  filter,
  counts,
  hosts,
  onChange,
  children,
}: {
  readonly filter: ServerFilter;
  readonly counts: Record<State, number>;
  readonly hosts: Agents;
  readonly onChange: FilterChange;
  readonly children: ReactNode;
}) {
  const standing = states.filter((state) => state !== 'deleted').reduce((sum, state) => sum + counts[state], 0);
  const chips = states.filter((state) => alwaysShown[state] || counts[state] > 0 || filter.state === state);
  return (
    <fieldset className="mb-2 flex flex-wrap items-center gap-1.5">
      <legend className="sr-only">{text.servers.filters}</legend>
      <Chip pressed={filter.state === undefined} count={standing} onPress={() => onChange(without(filter, 'state'))}>
        {text.servers.all}
      </Chip>
      {chips.map((state) => (
        <Chip key={state} pressed={filter.state === state} count={counts[state]} onPress={() => onChange({ ...filter, state })}>
          {stateFaces[state].word}
        </Chip>
      ))}
      <span className="ml-auto flex flex-wrap items-center gap-x-3 gap-y-1.5">
        {hosts.length > 1 ? (
          <select
            aria-label={text.servers.host}
            value={filter.agentId ?? ''}
            onChange={({ target }) => onChange(target.value === '' ? without(filter, 'agentId') : { ...filter, agentId: target.value })}
            className="min-h-7 rounded-control border border-edge bg-panel px-2 text-aside pointer-coarse:min-h-11"
          >
            <option value="">{text.servers.allHosts}</option>
            {hosts.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        ) : null}
        <label className="flex min-h-7 items-center gap-1.5 text-aside text-ink-soft pointer-coarse:min-h-11">
          <input
            type="checkbox"
            checked={filter.deleted === true}
            onChange={({ target }) => onChange(target.checked ? { ...filter, deleted: true } : without(filter, 'deleted'))}
            className="size-3.5 accent-accent"
          />
          {text.servers.showDeleted}
        </label>
        {children}
      </span>
    </fieldset>
  );
}

/** Grouped or one list, table or cards, and the order where no column's head can be pressed for it. */
function Layout({ view, onView }: { readonly view: ServerView; readonly onView: ViewChange }) {
  const { key, descending } = sortOf(view);
  const cards = view.layout === 'cards';
  const { group, layout, ...rest } = view;
  return (
    <>
      <label className="flex min-h-7 items-center gap-1.5 text-aside text-ink-soft pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={group === undefined}
          title={text.servers.byHostHint}
          onChange={({ target }) => onView(target.checked ? { ...rest, ...(layout ? { layout } : {}) } : { ...view, group: 'none' })}
          className="size-3.5 accent-accent"
        />
        {text.servers.byHost}
      </label>
      <select
        aria-label={text.servers.sort}
        value={descending ? `-${key}` : key}
        onChange={({ target }) => onView({ ...view, sort: readServerView({ sort: target.value }).sort ?? 'name' })}
        className={`min-h-7 rounded-control border border-edge bg-panel px-2 text-aside pointer-coarse:min-h-11 ${cards ? '' : 'md:hidden'}`}
      >
        {sortKeys.flatMap((each) => [
          <option key={each} value={each}>
            {text.servers.ascending(text.servers.columns[each])}
          </option>,
          <option key={`-${each}`} value={`-${each}`}>
            {text.servers.descending(text.servers.columns[each])}
          </option>,
        ])}
      </select>
      <fieldset className="flex max-md:hidden" aria-label={text.servers.layout}>
        <LayoutButton label={text.servers.asTable} pressed={!cards} onPress={() => onView({ ...rest, ...(group ? { group } : {}) })}>
          <Rows3 size={15} aria-hidden="true" />
        </LayoutButton>
        <LayoutButton label={text.servers.asCards} pressed={cards} onPress={() => onView({ ...view, layout: 'cards' })}>
          <LayoutGrid size={15} aria-hidden="true" />
        </LayoutButton>
      </fieldset>
    </>
  );
}

function LayoutButton({
  label,
  pressed,
  onPress,
  children,
}: {
  label: string;
  pressed: boolean;
  onPress: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onPress}
      className="-ml-px flex min-h-7 min-w-8 items-center justify-center border border-line bg-panel text-ink-faint first:ml-0 first:rounded-l-control last:rounded-r-control hover:bg-hover aria-pressed:bg-hover aria-pressed:text-ink pointer-coarse:min-h-11 pointer-coarse:min-w-11"
    >
      {children}
    </button>
  );
}

function Chip({ pressed, count, onPress, children }: { pressed: boolean; count: number; onPress: () => void; children: string }) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className="min-h-6.5 rounded-full border border-line bg-panel px-2.5 text-aside text-ink-soft hover:bg-hover aria-pressed:border-ink aria-pressed:text-ink pointer-coarse:min-h-11 pointer-coarse:px-3.5"
    >
      {children}
      <span className="ml-1.25 text-ink-faint">{count}</span>
    </button>
  );
}

/** The table's outline while it is loaded, as high as a handful of rows, so that little moves when they come. */
function LoadingRows() {
  return (
    <div role="status" className="rounded-panel border border-line bg-panel">
      <p className="border-b border-line px-3 py-2 text-small text-ink-faint">{text.servers.loading}</p>
      {[0, 1, 2, 3, 4].map((row) => (
        <div key={row} className="flex h-[53px] items-center gap-6 border-b border-line px-3 last:border-0">
          <span className="h-3 w-24 rounded-tag bg-hover" />
          <span className="h-3 w-56 rounded-tag bg-hover" />
        </div>
      ))}
    </div>
  );
}
