// `ensure-running`.

import { Fault } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import { meaningOf } from '../engine-states.ts';
import { nameHolder } from '../ports.ts';
import { bodyOf, type Done, done, keepRestart, type Step } from './step.ts';

/** A process that ends at once (a bad setting, a missing file) is seen to have ended in the answer, not as a crash a moment after. */
const holdMs = 500;
/** A replacement has proven itself after this: long enough for a bad setting to end it, not so long that a rebuild is waited for. */
const provenMs = 2_000;
const askEveryMs = 100;

export async function ensureRunning(step: Step, { mustHold, ready }: EffectOf<'ensure-running'>): Promise<Done> {
  const { engine, clock, signal, readiness, serverId } = step;
  const body = await bodyOf(step);
  if (body === null || body.state === 'removing')
    throw new Fault('container-gone', 'The container is gone. Start the server to bring it back.');
  await keepRestart(step, body.id);
  if (body.state === 'paused') {
    await engine.unpause(body.id);
    return done;
  }
  if (meaningOf(body.state) === 'running') return done;
  readiness.want(serverId, ready, null);
  await engine.start(body.id).catch(async (error: unknown) => {
    throw await nameHolder(error, engine, body.id);
  });
  const until = clock.running() + (mustHold ? provenMs : holdMs);
  while (clock.running() < until && !signal.aborted) {
    await clock.pause(askEveryMs, signal);
    const seen = await engine.inspect(body.id);
    // A policy that starts it again hides an end, not that there was one.
    const ended = seen === null || meaningOf(seen.state) !== 'running' || seen.state === 'restarting' || seen.restarts > 0;
    if (ended && mustHold)
      throw new Fault('container-failed', `The new container ended at once${seen ? `, with exit code ${seen.exitCode}` : ''}.`);
    if (seen === null || meaningOf(seen.state) !== 'running') break;
  }
  return done;
}
