// All servers, whatever their containers do: what needs attention, the filters, and the table by host.

import { type State, states } from '@mainstay/core/lifecycle';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { text } from '../messages.ts';
import { detailOf } from '../parts/act.ts';
import { attentionItems } from '../parts/attention.ts';
import { AttentionStrip } from '../parts/attention-strip.tsx';
import { FirstServer } from '../parts/first-server.tsx';
import { countStates, groupByHost } from '../parts/server-list.ts';
import { ServerTable } from '../parts/server-table.tsx';
import { stateFaces } from '../parts/state-faces.ts';
import { paths, patterns, type ServerFilter } from '../paths.ts';
import { agentsQuery, serversQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { presentTime } from '../ui/clock.ts';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';

export function ServersPage() {
  const filter = useSearch({ from: `/shell${patterns.servers}` });
  const { data: servers, error, refetch, isFetching } = useQuery(serversQuery);
  const { data: agents } = useQuery(agentsQuery);
  const navigate = useNavigate();
  const setFilter = (next: ServerFilter) => void navigate({ ...paths.servers(next), replace: true });
  const noServers = servers?.length === 0;

  return (
    <>
      <PageHead title={text.servers.title}>
        {noServers ? null : <SearchField filter={filter} onChange={setFilter} />}
        <Link {...paths.newServer()} className={buttonClass({ kind: 'primary' })}>
          {text.servers.new}
        </Link>
      </PageHead>
      {servers === undefined ? (
        error ? (
          <Face
            shape="question"
            title={text.servers.broken}
            next={
              <Button pending={isFetching} onPress={() => void refetch()}>
                {text.retry}
              </Button>
            }
          >
            <p>{detailOf(error)}</p>
          </Face>
        ) : (
          <LoadingRows />
        )
      ) : noServers ? (
        <FirstServer agents={agents} />
      ) : (
        <>
          <AttentionStrip items={attentionItems(servers, agents ?? [], presentTime())} />
          <Filters filter={filter} counts={countStates(servers, filter)} hosts={agents ?? []} onChange={setFilter} />
          <Shown filter={filter} servers={servers} agents={agents ?? []} onChange={setFilter} />
        </>
      )}
    </>
  );
}

type Servers = Parameters<typeof groupByHost>[0];
type Agents = Parameters<typeof attentionItems>[1];
type FilterChange = (filter: ServerFilter) => void;

function Shown({ filter, servers, agents, onChange }: { filter: ServerFilter; servers: Servers; agents: Agents; onChange: FilterChange }) {
  const groups = groupByHost(servers, filter);
  if (groups.length > 0) return <ServerTable groups={groups} agents={agents} />;
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
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing) return;
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
}: {
  readonly filter: ServerFilter;
  readonly counts: Record<State, number>;
  readonly hosts: Agents;
  readonly onChange: FilterChange;
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
      <span className="ml-auto flex items-center gap-3">
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
      </span>
    </fieldset>
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
