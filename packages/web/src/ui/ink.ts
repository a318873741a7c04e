// A token's colour as the present theme has it, for what draws on a canvas and cannot read tokens.

import { useSyncExternalStore } from 'react';

/** `#rrggbb` of a colour token (`accent`, `ink-faint`, …), as it is within `box`. */
export function inkOf(box: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--color-${token})`;
  box.append(probe);
  const [red = 0, green = 0, blue = 0] = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
  probe.remove();
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

const dark = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');

/** Calls `listener` when the theme changes, until the returned function is called. */
export function onThemeChange(listener: () => void): () => void {
  dark?.addEventListener('change', listener);
  return () => dark?.removeEventListener('change', listener);
}

export function useIsDark(): boolean {
  return useSyncExternalStore(onThemeChange, () => dark?.matches ?? false);
}
