// The log of deliveries: what was told, where, and what became of it; what was given up can be tried again.

import { contract } from '@mainstay/wire/contract';
import { type Channel, type Delivery, deliveryStates } from '@mainstay/wire/notifications';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { notificationText } from '../messages/notifications.ts';
import { text } from '../messages.ts';
import { askForNotifications, type DeliveryFilter, deliveriesQuery } from '../notification-queries.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Shape } from '../ui/shape.tsx';
import { Ticking, Time } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';
import { deliveryFaces } from './delivery-faces.ts';

const words = notificationText;

export function DeliveryPanel({ channels }: { readonly channels: readonly Channel[] }) {
  const [filter, setFilter] = useState<DeliveryFilter>({});
  return (
    <Panel title={words.deliveries} aside={<Filter filter={filter} channels={channels} onChange={setFilter} />}>
      <Log filter={filter} />
    </Panel>
  );
}

const selectClass = 'min-h-7 min-w-0 rounded-control border border-edge bg-panel px-2 text-aside pointer-coarse:min-h-11';

interface FilterProps {
  readonly filter: DeliveryFilter;
  readonly channels: readonly Channel[];
  readonly onChange: (filter: DeliveryFilter) => void;
}

function Filter({ filter: { state, channelId }, channels, onChange }: FilterProps) {
  const change = (next: { readonly state?: string | undefined; readonly channelId?: string | undefined }) => {
    const chosenState = deliveryStates.find((each) => each === next.state);
    const chosen = channels.find(({ id }) => id === next.channelId);
    onChange({ ...(chosenState ? { state: chosenState } : {}), ...(chosen ? { channelId: chosen.id } : {}) });
  };
  return (
    <div className="flex min-w-0 flex-wrap justify-end gap-2">
      <select
        aria-label={words.stateFilter}
        value={state ?? ''}
        onChange={({ target }) => change({ state: target.value, channelId })}
        className={selectClass}
      >
        <option value="">{words.anyState}</option>
        {deliveryStates.map((each) => (
          <option key={each} value={each}>
            {words.states[each]}
          </option>
        ))}
      </select>
      <select
        aria-label={words.channelFilter}
        value={channelId ?? ''}
        onChange={({ target }) => change({ state, channelId: target.value })}
        className={selectClass}
      >
        <option value="">{words.anyChannel}</option>
        {channels.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Log({ filter }: { readonly filter: DeliveryFilter }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(deliveriesQuery(filter));
  if (data === undefined) {
    return error ? <p className="text-ink-soft">{detailOf(error)}</p> : <p className="text-ink-faint">{words.loading}</p>;
  }
  const deliveries = data.pages.flatMap(({ items }) => items);
  if (deliveries.length === 0) {
    return <p className="text-ink-faint">{Object.keys(filter).length === 0 ? words.noDeliveries : words.noSuchDeliveries}</p>;
  }
  return (
    <>
      <ol className="-my-3 divide-y divide-line">
        {deliveries.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} />
        ))}
      </ol>
      {hasNextPage ? (
        <div className="mt-5">
          <Button size="small" pending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {text.server.older}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function DeliveryRow({ delivery }: { readonly delivery: Delivery }) {
  const { id, state, title, text: told, channelName, tries, createdAt, nextTryAt, error } = delivery;
  const face = deliveryFaces[state];
  const { mutate, isPending } = useMutation({
    mutationFn: () => call(contract.retryDelivery, { params: { deliveryId: id } }),
    onError: (fault) => notify({ tone: 'refusal', title: words.retryRefused, detail: detailOf(fault) }),
    onSettled: () => askForNotifications(),
  });
  return (
    <li
      data-delivery={state}
      className="grid grid-cols-[8.5rem_minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 py-2.5 max-sm:grid-cols-[minmax(0,1fr)_auto]"
    >
      <span className={`inline-flex items-center gap-1.75 ${face.ink}`}>
        <Shape name={face.shape} />
        {words.states[state]}
      </span>
      <div className="min-w-0 max-sm:order-last max-sm:col-span-2">
        <p className="font-[550] wrap-anywhere">{title}</p>
        <p className="text-aside whitespace-pre-line text-ink-soft wrap-anywhere">{told}</p>
        <p className="text-small text-ink-faint">
          {[channelName, ...(tries > 0 ? [words.tries(tries)] : [])].join(text.separator)}
          {nextTryAt === null ? null : (
            <>
              {text.separator}
              <Ticking words={(now) => (nextTryAt > now ? words.nextTry(ageText(nextTryAt - now)) : words.nextNow)} />
            </>
          )}
        </p>
        {error === null ? null : <p className="text-aside text-failed wrap-anywhere">{error}</p>}
      </div>
      <div className="flex flex-col items-end gap-1.5">
        <Time
          at={createdAt}
          words={(at, now) => text.units.ago(ageText(now - at))}
          className="text-small leading-5 whitespace-nowrap text-ink-faint"
        />
        {state === 'dead' ? (
          <Button size="small" label={words.retryLabel(title)} pending={isPending} onPress={() => mutate()}>
            {words.retry}
          </Button>
        ) : null}
      </div>
    </li>
  );
}
