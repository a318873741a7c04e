// How the engine is called: each call with its deadline, each error in our words.

import { Fault } from '@mainstay/core/fault';
import { engineFault, statusOf } from './engine-faults.ts';

/** Long enough for a loaded engine with a thousand containers, short enough that a frozen one makes an unknown look and no hang. */
export const lookMs = 10_000;
/** Making, starting and removing wait for disks and networks. */
export const actMs = 120_000;

/**
 * A call with its deadline. Telling dockerode to abort is not enough: when an answer breaks off midway it waits for the
 * rest of it for ever, aborted or not, and whoever waits for it would never look again.
 * @param interrupt ends it before its time
 */
export function within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>, interrupt?: AbortSignal): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  const signal = interrupt ? AbortSignal.any([deadline, interrupt]) : deadline;
  return new Promise((resolve, reject) => {
    const over = () => reject(signal.reason);
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
    call(signal)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', over));
  });
}

/** Asks the engine for something that it has at hand. @throws Fault */
export async function looked<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await within(lookMs, call);
  } catch (error) {
    throw engineFault(error);
  }
}

/**
 * For `catch`: with these statuses the engine says that it is so already, or that there is nothing to do it to.
 * @param fault what any other error means; null: nothing bad either
 */
export const unless = (statuses: readonly number[], fault: (error: unknown) => Fault | null) => (error: unknown) => {
  const status = statusOf(error);
  if (status !== undefined && statuses.includes(status)) return;
  const thrown = fault(error);
  if (thrown !== null) throw thrown;
};

export const cancelled = () => new Fault('cancelled', 'It was cancelled.');
