// A message as it is handed to a sender: the notices in words, as of now, and where to look.

import type { DeliveryId } from '@mainstay/core/id';
import { type Gravity, gravityOf, type Notice } from '@mainstay/core/notice';
import { messageWords } from '@mainstay/core/notice-words';

export interface Message {
  /** The same in every try: who gets it twice can tell. */
  readonly id: DeliveryId;
  readonly title: string;
  readonly text: string;
  readonly gravity: Gravity;
  readonly notices: readonly Notice[];
  /** Where on the page to look; null: nobody said where the page is. */
  readonly link: string | null;
  /** ms UTC */
  readonly at: number;
}

export function messageOf(id: DeliveryId, notices: readonly Notice[], omitted: number, now: number, publicUrl: string | null): Message {
  return { id, ...messageWords(notices, omitted, now), gravity: gravityOf(notices), notices, link: linkTo(notices, publicUrl), at: now };
}

/** As much of a text as fits, with a sign that there was more. */
export function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The page of what the one notice is about; of several, the page itself. */
function linkTo(notices: readonly Notice[], publicUrl: string | null): string | null {
  if (publicUrl === null) return null;
  const [only] = notices;
  if (only === undefined || notices.length > 1) return `${publicUrl}/`;
  if (!('server' in only)) return `${publicUrl}/notifications`;
  if (only.server !== null) return only.topic === 'purged' ? `${publicUrl}/` : `${publicUrl}/servers/${only.server.id}`;
  return only.host === null || only.topic === 'host-removed' ? `${publicUrl}/hosts` : `${publicUrl}/hosts/${only.host.id}`;
}
