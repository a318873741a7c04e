// `check-ports`: nothing but the server itself holds its host ports.

import type { EffectOf } from '@mainstay/wire/link';
import { meaningOf } from '../engine-states.ts';
import { portHolder, portTaken } from '../ports.ts';
import { bodyOf, type Done, done, type Step } from './step.ts';

/**
 * How long a holder is given to let go: the engine's own proxy keeps a port for a moment after its container has stopped, and
 * its list shows it for a moment longer. Whoever really holds it is told of that much later.
 */
const lingerMs = 3_000;
const askEveryMs = 200;

export async function checkPorts(step: Step, { ports }: EffectOf<'check-ports'>): Promise<Done> {
  const { engine, clock, signal } = step;
  const body = await bodyOf(step);
  if (body && meaningOf(body.state) === 'running') return done;
  const until = clock.running() + lingerMs;
  for (const port of ports) {
    for (;;) {
      const holder = await portHolder(engine, port, body?.id ?? null);
      if (holder === null) break;
      if (clock.running() > until) throw portTaken(port, holder);
      await clock.pause(askEveryMs, signal);
      signal.throwIfAborted();
    }
  }
  return done;
}
