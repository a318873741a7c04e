// What runs in a simulated container: the sample server, as far as anybody outside of it can see. It obeys the same
// settings and the same commands, so that one suite can run on it and on the real one.

import type { ContainerSpec } from '@mainstay/wire/link';

export interface Program {
  /** It ends as soon as it is started, with this code; null: it stays up. */
  readonly crashesWith: number | null;
  /** How long it takes to end once it is asked to. */
  readonly stopMs: number;
}

/** @returns null when there is no such program in the image: its command begins with `/no/` */
export function programOf({ env, command }: ContainerSpec): Program | null {
  if (command?.[0]?.startsWith('/no/')) return null;
  const code = Number(env['CRASH_ON_START']);
  return { crashesWith: code > 0 ? code : null, stopMs: Math.max(0, Number(env['STOP_SECONDS'] ?? 0) * 1000) };
}

/** What a command leads to. */
export interface Answer {
  readonly answers: string;
  /** What its log says of it. */
  readonly says: readonly string[];
  /** With which code it ends then; null: it runs on. */
  readonly ends: { readonly code: number; readonly outOfMemory: boolean } | null;
}

/** @param memoryMb its limit; null: none */
export function answer(line: string, memoryMb: number | null): Answer {
  const [verb = '', ...rest] = line.trim().split(/\s+/);
  const words = rest.join(' ');
  const runsOn = (answers: string, ...says: string[]): Answer => ({ answers, says, ends: null });
  switch (verb) {
    case 'list':
      return runsOn('0 of 16 players:');
    case 'say':
      return runsOn('said to 0 players', `[chat] <console> ${words}`);
    case 'stop':
      return { answers: 'stopping', says: ['[stop] stop command; closing'], ends: { code: 0, outOfMemory: false } };
    case 'crash': {
      const code = words === '' ? 1 : Number(words);
      return { answers: `crashing with exit code ${code}`, says: [], ends: { code, outOfMemory: false } };
    }
    case 'eat': {
      const tooMuch = memoryMb !== null && Number(words) > memoryMb;
      return { answers: `eating ${words} MB`, says: [], ends: tooMuch ? { code: 137, outOfMemory: true } : null };
    }
    default:
      return runsOn(`unknown command ${verb}; try help`);
  }
}
