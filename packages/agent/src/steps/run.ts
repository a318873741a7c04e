// `ensure-running` and `ensure-stopped`.

import { Fault } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import { meaningOf } from '../engine-states.ts';
import { nameHolder } from '../ports.ts';
import { bodyOf, type Done, done, type Step } from './step.ts';

/** A process that ends at once (a bad setting, a missing file) is seen to have ended in the answer, not as a crash a moment after. */
const holdMs = 500;
const askEveryMs = 100;

export async function ensureRunning(step: Step, _effect: EffectOf<'ensure-running'>): Promise<Done> {
  const { engine, clock, signal } = step;
  const body = await bodyOf(step);
  if (body === null || body.state === 'removing')
    throw new Fault('container-gone', 'The container is gone. Start the server to bring it back.');
  if (body.state === 'paused') {
    await engine.unpause(body.id);
    return done;
  }
  if (meaningOf(body.state) === 'running') return done;
  await engine.start(body.id).catch(async (error: unknown) => {
    throw await nameHolder(error, engine, body.id);
  });
  const until = clock.now() + holdMs;
  while (clock.now() < until && !signal.aborted) {
    await clock.pause(askEveryMs, signal);
    const seen = await engine.inspect(body.id);
    if (seen === null || meaningOf(seen.state) !== 'running') break;
  }
  return done;
}

export async function ensureStopped(step: Step, { graceSeconds }: EffectOf<'ensure-stopped'>): Promise<Done> {
  const { engine, clock, signal } = step;
  const body = await bodyOf(step);
  if (body === null || meaningOf(body.state) !== 'running') return { endedBy: null };
  // A paused process would hear its stop signal only once it goes on.
  if (body.state === 'paused') await engine.unpause(body.id);
  const begun = clock.now();
  const telling = setInterval(() => {
    const seconds = Math.floor((clock.now() - begun) / 1000);
    step.report({ done: Math.min(seconds, graceSeconds), total: graceSeconds, unit: 'seconds' });
  }, 1000);
  try {
    await engine.stop(body.id, graceSeconds, signal);
  } finally {
    clearInterval(telling);
  }
  const seen = await engine.inspect(body.id);
  if (seen && meaningOf(seen.state) === 'running')
    throw new Fault('engine-failed', 'The container still runs although the engine has stopped it.');
  // 128 + SIGKILL; before the grace was over it was not the engine that sent it.
  const killed = seen?.exitCode === 137 && !seen.outOfMemory && clock.now() - begun >= graceSeconds * 1000;
  return { endedBy: killed ? 'kill' : 'signal' };
}
