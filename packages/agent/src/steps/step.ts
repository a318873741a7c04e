// One step at one server: what its executor is given, and how it finds the server's containers.

import type { AgentId, InstallationId, ServerId } from '@mainstay/core/id';
import type { Progress } from '@mainstay/wire/operations';
import { bodyAmong } from '../bodies.ts';
import type { Clock } from '../clock.ts';
import { labels } from '../container.ts';
import type { Data } from '../data.ts';
import type { Engine, InspectedContainer, ListedContainer } from '../engine.ts';
import type { Known } from '../known.ts';

export interface Step {
  readonly agentId: AgentId;
  readonly installationId: InstallationId;
  readonly serverId: ServerId;
  readonly engine: Engine;
  readonly data: Data;
  readonly known: Known;
  readonly clock: Clock;
  /** Aborted when the step is cancelled or the agent stops. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

export interface Done {
  /** Which rung of the stop ladder ended the process; left out: this step ends none. */
  readonly endedBy?: 'signal' | 'kill' | null;
}

export const done: Done = {};

/** All containers with the server's label. */
export function containersOf({ engine, installationId, serverId }: Step): Promise<ListedContainer[]> {
  return engine.list({ [labels.installation]: installationId, [labels.server]: serverId });
}

/** The server's container as it is now: the recorded one, else the one that its labels say; null: it has none. */
export async function bodyOf(step: Step): Promise<InspectedContainer | null> {
  const body = bodyAmong(await containersOf(step), step.known.recorded(step.serverId));
  return body && step.engine.inspect(body.id);
}
