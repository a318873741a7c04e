// From a container to a sighting: what the engine's states mean here. A restart policy at work and a pause are the
// engine's business, such a server counts as running; what its policy hides is told as crashes.

import type { Exit } from '@mainstay/core/reason';
import type { Sighting } from '@mainstay/core/settle';
import type { InspectedContainer, ListedContainer } from './engine.ts';

const meanings: Readonly<Record<string, 'running' | 'not-running'>> = {
  running: 'running',
  restarting: 'running',
  paused: 'running',
  // Podman's, while its process is being ended.
  stopping: 'running',
  created: 'not-running',
  exited: 'not-running',
  dead: 'not-running',
  stopped: 'not-running',
};

/** What a state means; `unknown` for one that is passing (removing) or unheard of. */
export const meaningOf = (state: string): 'running' | 'not-running' | 'unknown' => meanings[state] ?? 'unknown';

/** Whether it never ran, so that there is no end to tell of. */
export const neverRan = (state: string): boolean => state === 'created';

/** @param ending what the events told of its end; null: nobody listened */
export function sightingOf(container: InspectedContainer, ending: Exit | null): Sighting {
  const containerId = container.id;
  const meaning = meaningOf(container.state);
  if (meaning === 'unknown') return { kind: 'unknown', why: `The container is ${container.state}.` };
  if (meaning === 'running') return { kind: 'running', containerId };
  return { kind: 'not-running', containerId, exit: neverRan(container.state) ? null : exitOf(container, ending) };
}

function exitOf({ exitCode, outOfMemory, finishedAt }: InspectedContainer, ending: Exit | null): Exit | null {
  // What the events told of an earlier end says nothing of this one.
  const told = ending?.code === exitCode ? ending : null;
  const at = told?.at ?? finishedAt;
  if (at === null) return null;
  // A child that the kernel ended for memory while the server itself ended well is no such end.
  const memory = (outOfMemory || (told?.outOfMemory ?? false)) && exitCode !== 0;
  return { code: exitCode, outOfMemory: memory, asked: told?.asked ?? null, at };
}

/** The exit code in the engine's phrase `Exited (3) 2 minutes ago`: tells a known end from another without asking. */
export function statusCode({ status }: ListedContainer): string | null {
  return /\((-?\d+)\)/.exec(status)?.[1] ?? null;
}
