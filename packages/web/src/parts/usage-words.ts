// What a server uses of its host, as it is told: only while it is known to run, and never as if an old sample were new.

import type { Server } from '@mainstay/wire/servers';
import type { Usage } from '@mainstay/wire/usage';
import { text } from '../messages.ts';
import { ageText } from '../ui/age.ts';
import { bytesOfText, memoryText } from '../ui/bytes.ts';
import { silenceOf } from './hearing.ts';

/** The newest sample, where it says something about now. */
export function usageNow(server: Pick<Server, 'state' | 'usage' | 'host'>): Usage | null {
  return server.state === 'running' && silenceOf(server) === null ? server.usage : null;
}

/** `38 %`: of one core, as `docker stats` and `top` count; more than one is more than 100 %. */
export function coresText(cores: number): string {
  const percent = cores * 100;
  return text.units.percent(percent > 0 && percent < 9.95 ? Math.round(percent * 10) / 10 : Math.round(percent));
}

/** `412 MiB`, or `4.1 / 6.0 GiB` below a limit. */
export function usedMemoryText(bytes: number, memoryMb: number | null): string {
  return memoryMb === null ? memoryText(bytes) : bytesOfText(bytes, memoryMb * 1024 * 1024, text.units.outOf, memoryText);
}

/** What is told of a sample on hover. */
export function sampleHint(what: string, { at }: Usage, now: number): string {
  return text.servers.usedAt(what, ageText(now - at));
}
