// What is not part of the first load: pages, dialogs, menus. Each is loaded when somebody is about to want it, and most of them
// in a quiet moment after the first view stands, for by the time they are wanted the manager may be away. One that could
// not be loaded is tried again the next time it is drawn.

import { type ComponentType, createElement, type FunctionComponent, use } from 'react';
import { patiently } from './patiently.ts';

/** It could not be had from the manager. */
export class NotLoaded extends Error {}

const quietly = new Set<() => Promise<void>>();
const failed = new Set<() => void>();

export interface LaterOptions {
  /** `opened`: large, and of no use without the manager; only when it is opened. */
  readonly when?: 'quiet' | 'opened';
}

/**
 * A component that is loaded later. Draw it inside a `Suspense`.
 * @param load imports its module and gives the component
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { when = 'quiet' }: LaterOptions = {},
): FunctionComponent<Props> & { preload(): Promise<void> } {
  let loaded: Promise<ComponentType<Props>> | undefined;
  const forget = () => {
    loaded = undefined;
  };
  const get = () => {
    loaded ??= patiently(load).catch((error: unknown) => {
      // Kept as it failed until somebody wants it again: what is drawn twice must not be asked for twice.
      failed.add(forget);
      throw new NotLoaded('A part of the page could not be loaded.', { cause: error });
    });
    return loaded;
  };
  const preload = async () => {
    if (failed.delete(forget)) forget();
    await get().catch(() => undefined);
  };
  if (when === 'quiet') quietly.add(preload);
  return Object.assign((props: Props) => createElement(use(get()), props), { preload });
}

/** Lets what could not be loaded be asked for once more. */
export function tryFailedAgain(): void {
  for (const forget of failed) forget();
  failed.clear();
}

/** Loads what is not there yet, but for what waits until it is opened. */
export function loadTheRest(): void {
  for (const preload of quietly) void preload();
}
