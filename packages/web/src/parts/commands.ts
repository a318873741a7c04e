// What the palette can lead to: pages, servers, and every action that is open on a server now. Found by words in any
// order: `stop valheim`, `valheim stop`, `host attic`.

import { actions } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { type Offer, offersOf } from './offers.ts';

export type PageName = 'servers' | 'newServer' | 'templates' | 'hosts' | 'notifications' | 'deleted' | 'help';

export type Command =
  | { readonly kind: 'page'; readonly key: string; readonly page: PageName; readonly label: string }
  | { readonly kind: 'open'; readonly key: string; readonly server: Server; readonly label: string }
  | { readonly kind: 'act'; readonly key: string; readonly server: Server; readonly offer: Offer; readonly label: string };

const pages = Object.entries(text.palette.pages).map(
  ([page, label]): Command => ({ kind: 'page', key: page, page: page as PageName, label }),
);

/** More than a person reads; further words find the rest. */
const most = 40;
/** How many servers are offered before anything was typed. */
const mostAtFirst = 12;

const words = (typed: string) => typed.toLowerCase().split(/\s+/).filter(Boolean);
const hasAll = (text: string, sought: readonly string[]) => sought.every((word) => text.includes(word));

/** Every label that an action can have, for leaving out early what cannot match. */
const labels = [...Object.values(text.actions), text.recover, text.tryAgain, text.startEmpty, text.whenHeard('')].join(' ').toLowerCase();

/** The commands that match, the nearest first. */
export function findCommands(typed: string, servers: readonly Server[]): Command[] {
  const sought = words(typed);
  const opens: Command[] = [];
  const named: Command[] = [];
  const acts: Command[] = [];
  for (const server of servers) {
    const place = `${server.name} ${server.host.name}`.toLowerCase();
    if (!sought.every((word) => place.includes(word) || labels.includes(word))) continue;
    if (hasAll(place, sought)) {
      const open: Command = { kind: 'open', key: server.id, server, label: server.name };
      if (sought.length > 0 && server.name.toLowerCase().startsWith(sought[0] ?? '')) named.push(open);
      else opens.push(open);
    }
    if (sought.length === 0) {
      if (opens.length >= mostAtFirst) break;
    } else if (acts.length < most) acts.push(...actsOn(server, place, sought));
    if (named.length >= most) break;
  }
  const found = [...pages.filter(({ label }) => hasAll(label.toLowerCase(), sought)), ...named, ...opens];
  // Room for both: a name that many servers share must not hide what can be done with them.
  return acts.length === 0 ? found.slice(0, most) : [...found.slice(0, most - Math.min(acts.length, most / 2)), ...acts].slice(0, most);
}

function actsOn(server: Server, place: string, sought: readonly string[]): Command[] {
  return offersOf(server)
    .filter(({ refusal, label }) => refusal === null && hasAll(`${label.toLowerCase()} ${place}`, sought))
    .toSorted((a, b) => actions.indexOf(a.action) - actions.indexOf(b.action))
    .map((offer) => ({
      kind: 'act',
      key: `${server.id} ${offer.action}`,
      server,
      offer,
      label: text.palette.act(offer.label, server.name),
    }));
}
