// `ensure-stopped`: the stop ladder. The program is asked to save and end in its own words where the record knows any, then
// by its stop signal, and killed when neither ended it; each of the first two is given the whole grace.

import { Fault, passes } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import { meaningOf } from '../engine-states.ts';
import { sendLine } from '../send-line.ts';
import { bodyOf, type Done, keepRestart, type Step } from './step.ts';

const askEveryMs = 200;

export async function ensureStopped(step: Step, effect: EffectOf<'ensure-stopped'>): Promise<Done> {
  const { engine } = step;
  const body = await bodyOf(step);
  if (body === null || meaningOf(body.state) !== 'running') return { endedBy: null };
  // A paused process would hear neither command nor signal before it goes on.
  if (body.state === 'paused') await engine.unpause(body.id);
  try {
    if (await endsOnCommand(step, body.id, effect)) return { endedBy: 'command' };
    return { endedBy: await endsOnSignal(step, body.id, effect) };
  } catch (error) {
    // What runs on must come back after a crash as before.
    await keepRestart(step, body.id).catch(() => undefined);
    throw error;
  }
}

/** @returns whether the program ended by itself within its grace */
async function endsOnCommand(step: Step, id: string, { console, graceSeconds }: EffectOf<'ensure-stopped'>): Promise<boolean> {
  const { engine, clock, signal, endings } = step;
  if (console.via === 'none' || console.stopCommand === null) return false;
  const counting = count(step, graceSeconds);
  try {
    // Otherwise the engine would start it again as soon as it has done what it was asked.
    await engine.setRestart(id, 'no');
    endings.asked(id, clock.now());
    await sendLine(engine, id, console.stopCommand, console, signal);
    while (!counting.over()) {
      const seen = await engine.inspect(id);
      if (seen === null || meaningOf(seen.state) !== 'running') return true;
      await clock.pause(askEveryMs, signal);
      signal.throwIfAborted();
    }
    return false;
  } catch (error) {
    // A console that does not answer leaves the signal; an engine that does not, nothing.
    if (signal.aborted || !(error instanceof Fault) || passes(error.code)) throw error;
    return false;
  } finally {
    counting.end();
  }
}

async function endsOnSignal(step: Step, id: string, { graceSeconds }: EffectOf<'ensure-stopped'>): Promise<'signal' | 'kill'> {
  const { engine, signal } = step;
  const counting = count(step, graceSeconds);
  try {
    await engine.stop(id, graceSeconds, signal);
  } finally {
    counting.end();
  }
  const seen = await engine.inspect(id);
  if (seen && meaningOf(seen.state) === 'running')
    throw new Fault('engine-failed', 'The container still runs although the engine has stopped it.');
  // 128 + SIGKILL; before the grace was over it was not the engine that sent it.
  return seen?.exitCode === 137 && !seen.outOfMemory && counting.over() ? 'kill' : 'signal';
}

/** Counts a rung's grace, and tells the seconds. */
function count({ clock, report }: Step, graceSeconds: number) {
  const begun = clock.running();
  const telling = setInterval(() => {
    const seconds = Math.floor((clock.running() - begun) / 1000);
    report({ done: Math.min(seconds, graceSeconds), total: graceSeconds, unit: 'seconds' });
  }, 1000);
  return { over: () => clock.running() - begun >= graceSeconds * 1000, end: () => clearInterval(telling) };
}
