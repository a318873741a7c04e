// A host's clock, in words: two clocks that differ make times on the page look wrong, so it is said.

import type { Agent } from '@mainstay/wire/agents';
import { text } from '../messages.ts';

/** Below this nobody would see it in a time that is told by the second. */
const inStepMs = 1000;
/** From here on, times and one-time tokens begin to be wrong. */
const skewedMs = 5000;

export function clockSkewText(skewMs: number | null): string {
  if (skewMs === null) return text.none;
  if (Math.abs(skewMs) < inStepMs) return text.hosts.clockInStep;
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  return skewMs > 0 ? text.hosts.clockAhead(seconds) : text.hosts.clockBehind(seconds);
}

export function isSkewed({ clockSkewMs }: Pick<Agent, 'clockSkewMs'>): boolean {
  return clockSkewMs !== null && Math.abs(clockSkewMs) >= skewedMs;
}
