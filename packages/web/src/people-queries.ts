// What the pages of people, of one's own account and of the audit log hold, under which key. No stream tells of them, so they are
// asked for again while somebody looks at them.

import { outcomes } from '@mainstay/wire/audit';
import { contract } from '@mainstay/wire/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './api.ts';
import type { AuditSearch } from './paths.ts';
import { queryClient } from './queries.ts';

const fresh = { staleTime: 0, refetchInterval: 3_000 } as const;

export const accountsQuery = queryOptions({
  ...fresh,
  queryKey: ['people', 'accounts'],
  queryFn: async ({ signal }) => (await call(contract.listAccounts, {}, { signal })).items,
});

export const invitationsQuery = queryOptions({
  ...fresh,
  queryKey: ['people', 'invitations'],
  queryFn: async ({ signal }) => (await call(contract.listInvitations, {}, { signal })).items,
});

export const tokensQuery = queryOptions({
  ...fresh,
  queryKey: ['people', 'tokens'],
  queryFn: async ({ signal }) => (await call(contract.listTokens, {}, { signal })).items,
});

export const ownSessionsQuery = queryOptions({
  ...fresh,
  queryKey: ['people', 'sessions'],
  queryFn: async ({ signal }) => (await call(contract.listOwnSessions, {}, { signal })).items,
});

export const factorsQuery = queryOptions({
  ...fresh,
  queryKey: ['people', 'factors'],
  queryFn: ({ signal }) => call(contract.getFactors, {}, { signal }),
});

/** How one may sign in beside a password. It follows from the manager's settings, which only a new start of it changes. */
export const signInWaysQuery = queryOptions({
  queryKey: ['sign-in-ways'],
  queryFn: ({ signal }) => call(contract.getSignInWays, {}, { signal }),
});

const dayMs = (day: string | undefined): number | undefined => {
  const at = day === undefined ? Number.NaN : new Date(`${day}T00:00`).getTime();
  return Number.isNaN(at) ? undefined : at;
};

/** A search as the API has it: days are those of whoever looks. */
export function auditSearchQuery({ who, action, target, outcome, from, to }: AuditSearch) {
  const [begin, end] = [dayMs(from), dayMs(to)];
  const known = outcomes.find((each) => each === outcome);
  return {
    ...(who === undefined ? {} : { who }),
    ...(action === undefined ? {} : { action }),
    ...(target === undefined ? {} : { target }),
    ...(known === undefined ? {} : { outcome: known }),
    ...(begin === undefined ? {} : { from: begin }),
    ...(end === undefined ? {} : { to: end + 24 * 60 * 60 * 1000 - 1 }),
  };
}

export const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    staleTime: 0,
    queryKey: ['audit', search],
    queryFn: ({ signal, pageParam }) =>
      call(contract.listAudit, { query: { ...auditSearchQuery(search), limit: 50, cursor: pageParam } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** After something was changed here. */
export function askForPeople(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['people'] });
}
