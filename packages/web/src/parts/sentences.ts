// What a person should know of a server beside its state, as short phrases: why it is so, what is safe, what it runs.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { ageText } from '../ui/age.ts';
import { worldGone } from './hearing.ts';
import { reasonText } from './reasons.ts';

export interface Phrase {
  readonly words: string;
  /** `alarm`: something ended badly, and a person should look. */
  readonly tone: 'plain' | 'alarm';
}

const plain = (words: string): Phrase => ({ words, tone: 'plain' });

export function phrasesOf(server: Server, now: number): Phrase[] {
  return [
    ...(server.state === 'deleted' ? kept(server, now) : reason(server)),
    ...data(server),
    plain(server.image),
    ...(server.outdated.length > 0 ? [plain(text.servers.rebuildApplies(fieldsText(server.outdated)))] : []),
  ];
}

export function fieldsText(fields: readonly (keyof typeof text.fields)[]): string {
  return fields.map((field) => text.fields[field]).join(', ');
}

/** Why it is in its state; nothing when the state's word says it all. */
function reason(server: Server): Phrase[] {
  const { state, stateCause } = server;
  const why = reasonText(server);
  if (why === null || stateCause === null) return [];
  if (stateCause.code === 'removed-outside') return [plain(text.servers.removedOutside)];
  if (stateCause.code === 'operation') return state === 'missing' ? [plain(why)] : [];
  const alarming = stateCause.code === 'operation-failed' || stateCause.code === 'crashed' || stateCause.code === 'out-of-memory';
  return [{ words: why, tone: alarming ? 'alarm' : 'plain' }];
}

function data(server: Server): Phrase[] {
  if (server.state === 'deleted' || server.state === 'creating') return [];
  if (server.dataFrom !== null) return [plain(text.data.toCopy(server.dataFrom.name ?? text.hiddenServer))];
  if (worldGone(server)) return [{ words: text.data.gone, tone: 'alarm' }];
  return server.state === 'missing' && server.dataExists === 'yes' ? [plain(text.data.safe)] : [];
}

function kept({ purgeAt }: Server, now: number): Phrase[] {
  const left = purgeAt === null ? null : purgeAt - now;
  const when = left === null ? text.servers.keptForEver : left > 0 ? text.servers.purgedIn(ageText(left)) : text.servers.purgedSoon;
  return [plain(when), plain(text.servers.held)];
}
