// A server's history as sentences, newest first; older ones are asked for as wanted.

import type { ServerId } from '@mainstay/core/id';
import type { Event } from '@mainstay/wire/events';
import { useInfiniteQuery } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { serverEventsQuery } from '../queries.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { Time } from '../ui/time.tsx';
import { detailOf } from './act.ts';
import { causeText, happeningText, stateAfter } from './happenings.ts';
import { StateShape } from './state-mark.tsx';

/** `most`: only so many, without a way to older ones. */
export function EventList({ serverId, most }: { readonly serverId: ServerId; readonly most?: number }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(serverEventsQuery(serverId));
  if (data === undefined) {
    return error ? <p className="text-ink-soft">{detailOf(error)}</p> : <p className="text-ink-faint">{text.servers.loading}</p>;
  }
  const events = data.pages.flatMap((page) => page.items).slice(0, most);
  if (events.length === 0) return <p className="text-ink-faint">{text.server.noHistory}</p>;
  return (
    <>
      <ol className="flex flex-col gap-2.5">
        {events.map((event) => (
          <EventLine key={event.id} event={event} />
        ))}
      </ol>
      {most === undefined && hasNextPage ? (
        <div className="mt-3">
          <Button size="small" pending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {text.server.older}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function EventLine({ event }: { readonly event: Event }) {
  const state = stateAfter(event);
  return (
    <li className="grid grid-cols-[14px_minmax(0,1fr)_auto] gap-x-2.5">
      <span className="mt-[3px] flex justify-center **:animate-none">
        {state === null ? <span className="mt-1 size-1 rounded-full bg-ink-faint" /> : <StateShape state={state} />}
      </span>
      <span className="wrap-anywhere">
        {happeningText(event.happening)}
        <span className="text-aside text-ink-faint">
          {text.separator}
          {causeText(event)}
        </span>
      </span>
      <Time
        at={event.at}
        words={(at, now) => text.units.ago(ageText(now - at))}
        className="text-small leading-5 whitespace-nowrap text-ink-faint"
      />
    </li>
  );
}
