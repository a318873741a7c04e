// What the page holds of the manager's record, under which key, and how it stays right: loaded once, then kept by the
// stream's changes. Changes heard while something is being loaded are put on top of what was loaded, so that an
// answer overtaken on its way never hides what is newer.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import type { Protocol } from '@mainstay/core/server';
import type { Agent } from '@mainstay/wire/agents';
import type { Bulk } from '@mainstay/wire/bulk';
import { contract } from '@mainstay/wire/contract';
import { type DiskSpan, measureEveryMs } from '@mainstay/wire/disk';
import type { Change, Event } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import type { TemplateShown } from '@mainstay/wire/templates';
import { type UsageSeries, type UsageSpan, usageSpans } from '@mainstay/wire/usage';
import { type InfiniteData, infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './api.ts';
import { ChangeStream } from './live.ts';
import { patchAgents, patchBulk, patchEvents, patchOperations, patchServer, patchServers } from './patch.ts';
import { changesUrl } from './paths.ts';
import { pausesMs } from './patiently.ts';
import { appended } from './usage-series.ts';

export const stream = new ChangeStream(changesUrl);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream keeps them fresh; after a break of it everything is asked for again.
      staleTime: Number.POSITIVE_INFINITY,
      // The manager may well be on this very machine, so being offline says nothing.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < pausesMs.length && !(error instanceof Fault && error.code !== 'internal'),
      retryDelay: (failures) => pausesMs[failures] ?? 0,
    },
    mutations: { networkMode: 'always' },
  },
});

const keys = {
  session: () => ['session'] as const,
  servers: () => ['servers'] as const,
  server: (serverId: string) => ['server', serverId] as const,
  events: (serverId: string) => ['events', serverId] as const,
  operations: (serverId: string) => ['operations', serverId] as const,
  operation: (operationId: string) => ['operation', operationId] as const,
  logs: (serverId: string, state: State) => ['logs', serverId, state] as const,
  port: (agentId: string, protocol: Protocol, port: number) => ['port', agentId, protocol, port] as const,
  usage: (serverId: string, span: UsageSpan) => ['usage', serverId, span] as const,
  agents: () => ['agents'] as const,
  images: (agentId: string) => ['images', agentId] as const,
  settings: () => ['settings'] as const,
  serverDisk: (serverId: string, span: DiskSpan) => ['disk', 'server', serverId, span] as const,
  hostDisk: (agentId: string, span: DiskSpan) => ['disk', 'host', agentId, span] as const,
  bulk: (bulkId: string) => ['bulk', bulkId] as const,
  templates: () => ['templates'] as const,
  template: (templateId: string, version: number | undefined) => ['template', templateId, version ?? 'newest'] as const,
  serverTemplate: (serverId: string) => ['server-template', serverId] as const,
  read: (text: string) => ['read', text] as const,
  trash: (agentId: string) => ['trash', agentId] as const,
};

/** Loads, then puts on top what the stream told meanwhile. */
async function loadUnderChanges<T>(load: () => Promise<T>, patch: (loaded: T, change: Change) => T): Promise<T> {
  await stream.ready;
  const meanwhile: Change[] = [];
  const end = stream.onChanges((changes) => meanwhile.push(...changes));
  try {
    const loaded = await load();
    return meanwhile.reduce(patch, loaded);
  } finally {
    end();
  }
}

/** Every server there is, deleted ones included: filters work on what is here, so they answer at once. */
async function loadServers(signal: AbortSignal): Promise<readonly Server[]> {
  const servers: Server[] = [];
  let cursor: string | undefined;
  do {
    const query = { includeDeleted: 'true', limit: 200, ...(cursor === undefined ? {} : { cursor }) } as const;
    const page = await call(contract.listServers, { query }, { signal });
    servers.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return servers;
}

export const sessionQuery = queryOptions({
  queryKey: keys.session(),
  queryFn: ({ signal }) => call(contract.getSession, {}, { signal }),
});

export const serversQuery = queryOptions({
  queryKey: keys.servers(),
  queryFn: ({ signal }) => loadUnderChanges(() => loadServers(signal), patchServers),
});

export const agentsQuery = queryOptions({
  queryKey: keys.agents(),
  queryFn: ({ signal }) =>
    loadUnderChanges<readonly Agent[]>(async () => (await call(contract.listAgents, {}, { signal })).items, patchAgents),
});

/** One server; null once it was purged while we looked. */
export const serverQuery = (serverId: ServerId) =>
  queryOptions({
    queryKey: keys.server(serverId),
    queryFn: ({ signal }) =>
      loadUnderChanges<Server | null>(() => call(contract.getServer, { params: { serverId } }, { signal }), patchMaybeServer(serverId)),
    placeholderData: () => queryClient.getQueryData(serversQuery.queryKey)?.find((server) => server.id === serverId),
  });

/** One that was purged may come back, from a host's trash. */
const patchMaybeServer = (serverId: string) => (server: Server | null, change: Change) => {
  if (server !== null) return patchServer(server, change);
  return change.server?.id === serverId ? change.server : null;
};

type Paged<T> = InfiniteData<{ items: T[]; nextCursor: string | null }, string | undefined>;

export const serverEventsQuery = (serverId: ServerId) =>
  infiniteQueryOptions({
    queryKey: keys.events(serverId),
    queryFn: ({ signal, pageParam }) =>
      loadUnderChanges(
        () => call(contract.listServerEvents, { params: { serverId }, query: { limit: 50, cursor: pageParam } }, { signal }),
        // Only the first page can gain anything: what happens now is the newest.
        (page, change) => (pageParam === undefined ? { ...page, items: [...patchEvents(page.items, serverId, change)] } : page),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const serverOperationsQuery = (serverId: ServerId) =>
  queryOptions({
    queryKey: keys.operations(serverId),
    queryFn: ({ signal }) =>
      loadUnderChanges<readonly Operation[]>(
        async () => (await call(contract.listServerOperations, { params: { serverId }, query: { limit: 20 } }, { signal })).items,
        (operations, change) => patchOperations(operations, serverId, change),
      ),
  });

export const operationQuery = (operationId: OperationId) =>
  queryOptions({
    queryKey: keys.operation(operationId),
    queryFn: ({ signal }) =>
      loadUnderChanges(
        () => call(contract.getOperation, { params: { operationId } }, { signal }),
        (operation, change) => (change.operation?.id === operationId ? change.operation : operation),
      ),
  });

/** The last lines of a server's log. Nothing tells of new ones, so they are asked for whenever they are looked at, and anew in each state. */
export const logsQuery = (serverId: ServerId, state: State) =>
  queryOptions({
    queryKey: keys.logs(serverId, state),
    queryFn: ({ signal }) => call(contract.getServerLogs, { params: { serverId }, query: { tail: 200 } }, { signal }),
    staleTime: 0,
  });

/** What a server used over a span. The newest hour is kept up by the stream; longer ones are averages, asked for again each step. */
export const usageSeriesQuery = (serverId: ServerId, span: UsageSpan) =>
  queryOptions({
    queryKey: keys.usage(serverId, span),
    queryFn: ({ signal }) =>
      loadUnderChanges<UsageSeries>(
        () => call(contract.getServerUsage, { params: { serverId }, query: { span } }, { signal }),
        (series, change) => withSample(series, serverId, change),
      ),
    // What was not looked at may have missed samples.
    refetchOnMount: 'always',
    refetchInterval: span === '1h' ? false : usageSpans[span].stepMs,
  });

/** What a server's volumes took of the disk. Sizes are measured seldom, and so asked for seldom. */
export const serverDiskQuery = (serverId: ServerId, span: DiskSpan) =>
  queryOptions({
    queryKey: keys.serverDisk(serverId, span),
    queryFn: ({ signal }) => call(contract.getServerDisk, { params: { serverId }, query: { span } }, { signal }),
    refetchOnMount: 'always',
    refetchInterval: measureEveryMs,
  });

/** How a host's disk was used. */
export const hostDiskQuery = (agentId: AgentId, span: DiskSpan) =>
  queryOptions({
    queryKey: keys.hostDisk(agentId, span),
    queryFn: ({ signal }) => call(contract.getAgentDisk, { params: { agentId }, query: { span } }, { signal }),
    refetchOnMount: 'always',
    refetchInterval: measureEveryMs,
  });

function withSample(series: UsageSeries, serverId: string, { usage }: Change): UsageSeries {
  const sample = usage?.find((each) => each.serverId === serverId);
  return sample ? appended(series, sample.usage) : series;
}

export const imagesQuery = (agentId: AgentId) =>
  queryOptions({
    queryKey: keys.images(agentId),
    queryFn: ({ signal }) => call(contract.listImages, { params: { agentId } }, { signal }),
    staleTime: 30_000,
  });

/** What came of each server of a bulk. */
export const bulkQuery = (bulkId: string) =>
  queryOptions({
    queryKey: keys.bulk(bulkId),
    queryFn: ({ signal }) => loadUnderChanges<Bulk>(() => call(contract.getBulk, { params: { bulkId } }, { signal }), patchBulk),
  });

/** What holds for the whole installation. */
export const settingsQuery = queryOptions({
  queryKey: keys.settings(),
  queryFn: ({ signal }) => call(contract.getSettings, {}, { signal }),
  staleTime: 0,
});

export const templatesQuery = queryOptions({
  queryKey: keys.templates(),
  queryFn: async ({ signal }) => (await call(contract.listTemplates, {}, { signal })).items,
});

/** One version of a template; without one, the newest. */
export const templateQuery = (templateId: string, version?: number) =>
  queryOptions({
    queryKey: keys.template(templateId, version),
    queryFn: ({ signal }) =>
      call(contract.getTemplate, { params: { templateId }, query: version === undefined ? {} : { version } }, { signal }),
  });

/** The template that a server would make, as its record is now. */
export const serverTemplateQuery = (serverId: ServerId) =>
  queryOptions({
    queryKey: keys.serverTemplate(serverId),
    queryFn: ({ signal }) => call(contract.getServerTemplate, { params: { serverId } }, { signal }),
    staleTime: 0,
  });

/** What a text comes to as a template; a text says the same whenever it is read. */
export const readTemplateQuery = (text: string) =>
  queryOptions({
    queryKey: keys.read(text),
    queryFn: ({ signal }) => call(contract.readTemplate, { body: { text } }, { signal }),
    gcTime: 60_000,
  });

/** What a host keeps of purged servers, as it is now. */
export const trashQuery = (agentId: AgentId) =>
  queryOptions({
    queryKey: keys.trash(agentId),
    queryFn: ({ signal }) => call(contract.getTrash, { params: { agentId } }, { signal }),
    staleTime: 0,
  });

/** Whether a host port can be had. What holds a port changes without our hearing of it, so an answer is soon old. */
export const portAnswerQuery = (agentId: AgentId, protocol: Protocol, port: number) =>
  queryOptions({
    queryKey: keys.port(agentId, protocol, port),
    queryFn: ({ signal }) => call(contract.checkPort, { params: { agentId }, query: { protocol, port } }, { signal }),
    staleTime: 10_000,
  });

/** Puts changes into everything the page holds. */
export function applyChanges(changes: readonly Change[]): void {
  const patchHeld = <T>(key: readonly unknown[], patch: (held: T, change: Change) => T) =>
    queryClient.setQueryData<T>(key, (held) => (held === undefined ? undefined : changes.reduce(patch, held)));

  patchHeld<readonly Server[]>(keys.servers(), patchServers);
  patchHeld<readonly Agent[]>(keys.agents(), patchAgents);
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ['server'] })) {
    patchHeld<Server | null>(query.queryKey, patchMaybeServer(String(query.queryKey[1])));
  }
  for (const { operation } of changes) {
    if (operation) queryClient.setQueryData<Operation>(keys.operation(operation.id), operation);
  }
  const sampled = new Set(changes.flatMap(({ usage }) => usage?.map(({ serverId }) => serverId) ?? []));
  for (const query of sampled.size > 0 ? queryClient.getQueryCache().findAll({ queryKey: ['usage'] }) : []) {
    const id = query.queryKey[1];
    if (typeof id === 'string' && sampled.has(id as ServerId)) {
      patchHeld<UsageSeries>(query.queryKey, (held, change) => withSample(held, id, change));
    }
  }
  for (const { bulk } of changes) if (bulk) patchHeld<Bulk>(keys.bulk(bulk.id), patchBulk);
  const operated = new Set(changes.flatMap(({ operation }) => operation?.serverId ?? []));
  for (const id of operated) {
    patchHeld<readonly Operation[]>(keys.operations(id), (held, change) => patchOperations(held, id, change));
  }
  if (changes.some(({ event }) => event?.happening.kind === 'template-saved' || event?.happening.kind === 'template-removed')) {
    void queryClient.invalidateQueries({ queryKey: keys.templates() });
    void queryClient.invalidateQueries({ queryKey: ['template'] });
  }
  if (changes.some(({ event }) => event?.happening.kind === 'settings-changed')) {
    void queryClient.invalidateQueries({ queryKey: keys.settings() });
  }
  if (changes.some(({ event }) => event?.happening.kind === 'server-purged' || event?.happening.kind === 'trash-emptied')) {
    void queryClient.invalidateQueries({ queryKey: ['trash'] });
  }
  const happened = new Set(changes.flatMap(({ event }) => event?.serverId ?? []));
  for (const id of happened) patchHeld<Paged<Event>>(keys.events(id), (held, change) => withFirstPage(held, id, change));
  // How many servers a host has is told with the host only.
  if (changes.some(({ event }) => event?.happening.kind === 'server-recorded' || event?.happening.kind === 'server-purged')) {
    void queryClient.invalidateQueries({ queryKey: keys.agents() });
  }
}

function withFirstPage(held: Paged<Event>, serverId: string, change: Change): Paged<Event> {
  const [first, ...rest] = held.pages;
  if (!first) return held;
  const items = patchEvents(first.items, serverId, change);
  return items === first.items ? held : { ...held, pages: [{ ...first, items: [...items] }, ...rest] };
}

/** After a break of the stream nothing held is known to be right. What nobody looks at is dropped, the rest asked for again. */
export function askAgain(): void {
  queryClient.removeQueries({ type: 'inactive' });
  void queryClient.invalidateQueries();
}

/**
 * Holds the operation that an action’s answer named; not when the stream has told of it already, and so of something newer.
 * @returns the operation as it is held
 */
export function holdOperation(operation: Operation): Operation {
  const held = queryClient.getQueryData<Operation>(keys.operation(operation.id));
  if (held && (held.endedAt !== null || operation.endedAt === null)) return held;
  applyChanges([{ event: null, operation }]);
  return operation;
}

/** Holds a template as an answer showed it: the newest version, and the one that it is. */
export function holdTemplate(template: TemplateShown): void {
  queryClient.setQueryData(keys.template(template.id, undefined), template);
  queryClient.setQueryData(keys.template(template.id, template.version), template);
}

/** Holds a server as an answer showed it, when it is at least as new as what is held. */
export function holdServer(server: Server): void {
  const newer = (held: Server) => (held.id === server.id && held.updatedAt <= server.updatedAt ? server : held);
  queryClient.setQueryData<readonly Server[]>(keys.servers(), (servers) => servers?.map(newer));
  queryClient.setQueryData<Server | null>(keys.server(server.id), (held) => held && newer(held));
}
