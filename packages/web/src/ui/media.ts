// How wide the window is, in the steps that the page is laid out for; the same lines that `md:`, `lg:`, `xl:` and
// `min-[85rem]:` draw.

import { useSyncExternalStore } from 'react';

export type WindowWidth = 'narrow' | 'medium' | 'large' | 'wide' | 'vast';

const steps = (
  typeof matchMedia === 'undefined'
    ? []
    : [
        ['vast', matchMedia('(width >= 85rem)')],
        ['wide', matchMedia('(width >= 80rem)')],
        ['large', matchMedia('(width >= 64rem)')],
        ['medium', matchMedia('(width >= 48rem)')],
      ]
) as readonly (readonly [WindowWidth, MediaQueryList])[];

function listen(listener: () => void): () => void {
  for (const [, step] of steps) step.addEventListener('change', listener);
  return () => {
    for (const [, step] of steps) step.removeEventListener('change', listener);
  };
}

export function useWindowWidth(): WindowWidth {
  return useSyncExternalStore(listen, () => steps.find(([, step]) => step.matches)?.[0] ?? 'narrow');
}
