// What the pages of people, of one's own account and of the audit log hold, under which key. No stream tells of them, so they are
// asked for again while somebody looks at them.

import { contract } from '@mainstay/wire/contract';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './api.ts';
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

/** What the log is searched by; the empty text: by nothing. */
export interface AuditSearch {
  readonly who: string;
  readonly target: string;
  readonly outcome: '' | 'done' | 'refused' | 'failed';
}

export const auditSearchQuery = ({ who, target, outcome }: AuditSearch) => ({
  ...(who.trim() === '' ? {} : { who: who.trim() }),
  ...(target.trim() === '' ? {} : { target: target.trim() }),
  ...(outcome === '' ? {} : { outcome }),
});

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
