// One step at one server: what its executor is given, and how it finds the server's containers.

import { bodyAmong, labels } from '@mainstay/core/bodies';
import type { AgentId, InstallationId, OperationId, ServerId } from '@mainstay/core/id';
import type { Known } from '@mainstay/core/known';
import type { StopRung } from '@mainstay/core/server';
import type { CopyAnswer, CopyQuestion } from '@mainstay/wire/copies';
import type { Copied, Progress } from '@mainstay/wire/operations';
import type { Clock } from '../clock.ts';
import type { Data } from '../data.ts';
import type { Endings } from '../endings.ts';
import type { Engine, ListedContainer } from '../engine.ts';
import { readManifest } from '../manifest.ts';
import type { Readiness } from '../readiness.ts';
import type { DataRoot } from '../root.ts';

export interface Step {
  readonly agentId: AgentId;
  readonly installationId: InstallationId;
  readonly serverId: ServerId;
  readonly engine: Engine;
  readonly root: DataRoot;
  readonly data: Data;
  readonly known: Known;
  readonly clock: Clock;
  readonly endings: Endings;
  readonly readiness: Readiness;
  readonly askManager: AskManager;
  /** Aborted when the step is cancelled or the agent stops. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** Asks the manager about data of another host that an operation of its own copies. @throws Fault `host-away` */
export type AskManager = (operationId: OperationId, question: CopyQuestion, signal: AbortSignal) => Promise<CopyAnswer>;

export interface Done {
  /** Which rung of the stop ladder ended the process; left out: this step ends none. */
  readonly endedBy?: StopRung | null;
  /** What it copied; left out: this step copies nothing. */
  readonly copied?: Copied;
}

export const done: Done = {};

/**
 * All containers with the server's label. The engine's list is a copy that it brings up to date a moment after it has
 * answered, so what a step counts on is asked for by name: the recorded one, and those that `expected` names.
 * @param expected names or ids of containers that may be there
 */
export async function containersOf(step: Step, expected: readonly string[] = []): Promise<StepContainer[]> {
  const { engine, installationId, serverId, known } = step;
  const listed: StepContainer[] = await engine.list({ [labels.installation]: installationId, [labels.server]: serverId });
  const recorded = known.recorded(serverId);
  for (const wanted of recorded === null ? expected : [recorded, ...expected]) {
    if (listed.some(({ id, name }) => id === wanted || name === wanted)) continue;
    const found = await engine.inspect(wanted);
    if (found === null || listed.some(({ id }) => id === found.id)) continue;
    if (found.labels[labels.installation] === installationId && found.labels[labels.server] === serverId)
      listed.push({ ...found, createdAt: 0 });
  }
  return listed;
}

/** What steps need of a container, whether it was listed or inspected. */
export type StepContainer = Pick<ListedContainer, 'id' | 'name' | 'labels' | 'state' | 'createdAt'>;

/** The server's container: the recorded one, else the one that its labels say; null: it has none. */
export async function bodyOf(step: Step, expected: readonly string[] = []): Promise<StepContainer | null> {
  return bodyAmong(await containersOf(step, expected), step.known.recorded(step.serverId));
}

/** What a rebuild's container is called before it is put in place. */
export const replacementName = (name: string, operationId: OperationId): string => `${name}.${operationId.slice(0, 8)}`;

/** A stop command takes a container's restart policy off; it gets back the one that it was made with. */
export async function keepRestart({ engine, data, serverId }: Step, containerId: string): Promise<void> {
  const made = await readManifest(data.directory(serverId)).catch(() => null);
  if (made?.containerId !== containerId) return;
  const seen = await engine.inspect(containerId);
  if (seen && seen.restart !== made.spec.restart) await engine.setRestart(containerId, made.spec.restart);
}
