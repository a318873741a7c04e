// What the page of notifications holds, under which key. No stream tells of it, so it is asked for again while somebody
// looks at it.

import { contract } from '@mainstay/wire/contract';
import type { Channel, DeliveryQuery, DeliveryState, Rule } from '@mainstay/wire/notifications';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from './api.ts';
import { queryClient } from './queries.ts';

/** Often enough to see a message go out, seldom enough to cost nothing. */
const everyMs = 3_000;
const fresh = { staleTime: 0, refetchInterval: everyMs } as const;

const keys = {
  all: () => ['notifications'] as const,
  channels: () => ['notifications', 'channels'] as const,
  rules: () => ['notifications', 'rules'] as const,
  alarms: () => ['notifications', 'alarms'] as const,
  deliveries: (filter: DeliveryFilter) => ['notifications', 'deliveries', filter] as const,
};

export const channelsQuery = queryOptions({
  ...fresh,
  queryKey: keys.channels(),
  queryFn: async ({ signal }): Promise<readonly Channel[]> => (await call(contract.listChannels, {}, { signal })).items,
});

export const rulesQuery = queryOptions({
  ...fresh,
  queryKey: keys.rules(),
  queryFn: async ({ signal }): Promise<readonly Rule[]> => (await call(contract.listRules, {}, { signal })).items,
});

export const alarmsQuery = queryOptions({
  ...fresh,
  queryKey: keys.alarms(),
  queryFn: async ({ signal }) => (await call(contract.listAlarms, {}, { signal })).items,
});

export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly channelId?: NonNullable<DeliveryQuery['channelId']>;
}

const pageSize = 20;

export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    ...fresh,
    queryKey: keys.deliveries(filter),
    queryFn: ({ signal, pageParam }) =>
      call(contract.listDeliveries, { query: { ...filter, limit: pageSize, cursor: pageParam } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** After something was changed here: everything on the page may show it. */
export function askForNotifications(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: keys.all() });
}
