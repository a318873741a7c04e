// Clients who ask for something on one of the servers over and over, at random, and note what was acknowledged to them. A
// refusal is an answer like any other; an answer that says that Mainstay itself is at fault is none.

import { Fault, faults } from '@mainstay/core/fault';
import type { Server } from '@mainstay/wire/servers';
import type { Askable, Caller } from '../e2e/harness/caller.ts';
import type { Promised } from './invariants.ts';

export interface Pressing {
  readonly clients: number;
  readonly wishes: readonly Askable[];
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface Pressed {
  acknowledged: number;
  refused: number;
}

/** Not Mainstay at fault but its world. */
const away: ReadonlySet<string> = new Set(['engine-unreachable', 'engine-failed', 'host-away']);

/** @throws what was no answer, and every answer that says that Mainstay is at fault */
export async function press(
  caller: Pick<Caller, 'ask'>,
  servers: readonly Pick<Server, 'id'>[],
  promised: Promised,
  { clients, wishes, random, signal }: Pressing,
): Promise<Pressed> {
  const pressed: Pressed = { acknowledged: 0, refused: 0 };
  const one = <T>(among: readonly T[]): T => among[Math.floor(random() * among.length)] as T;
  const ask = async () => {
    try {
      promised.acknowledge(await caller.ask(one(wishes), one(servers)));
      pressed.acknowledged += 1;
    } catch (error) {
      if (!(error instanceof Fault) || (faults[error.code].status >= 500 && !away.has(error.code))) throw error;
      pressed.refused += 1;
    }
  };
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!signal.aborted) await ask();
    }),
  );
  return pressed;
}

/** Waits until every request that was acknowledged has ended. */
export async function untilEnded(caller: Pick<Caller, 'ended'>, promised: Promised, deadlineMs = 120_000): Promise<void> {
  for (const operation of promised.operations.values()) await caller.ended(operation, deadlineMs);
}
