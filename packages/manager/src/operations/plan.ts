// What each operation does: a list of idempotent effects, made from the record and what was asked. Planning does
// nothing and asks nobody; `runner.ts` carries the plan out and decides nothing.

import type { OperationId } from '@mainstay/core/id';
import type { OperationKind } from '@mainstay/core/lifecycle';
import { isSealed, type ServerSpec } from '@mainstay/core/server';
import type { ContainerSpec, Effect } from '@mainstay/wire/link';
import type { OperationInput } from '../app/operations.ts';

/** What a plan is made from. */
export interface Planning {
  readonly operationId: OperationId;
  readonly spec: ServerSpec;
  /** Its variables, secrets opened. */
  readonly env: () => Record<string, string>;
  /** The spec that its container was made from; null when it never had one. */
  readonly applied: ServerSpec | null;
  readonly input: OperationInput;
}

export interface Plan {
  readonly forward: (planning: Planning) => Effect[];
  /** What is done instead once a step has failed or a person has cancelled; a kind without leaves things as they are. */
  readonly undo?: (planning: Planning) => Effect[];
}

export const plans = {
  create: {
    forward: (p) => [
      image(p.spec, true),
      guard(p),
      ...(p.input.run ? [ports(p.spec)] : []),
      { action: 'ensure-container', spec: wired(p) },
      ...(p.input.run ? [running] : []),
    ],
  },
  start: {
    // A container that is there is started as it was made, whatever the record has become since.
    forward: (p) => [
      guard(p),
      image(p.spec, true),
      ports(p.input.from === 'stopped' ? (p.applied ?? p.spec) : p.spec),
      { action: 'ensure-container', spec: wired(p) },
      running,
    ],
  },
  stop: { forward: (p) => [stopped(p.spec)] },
  // The guard stands first: a world that is gone under a running server must not be begun anew by a restart.
  restart: { forward: (p) => [guard(p), stopped(p.spec), running] },
  // The replacement exists before the old container goes; should it not come up and stay up, the old one is started again.
  rebuild: {
    forward: (p) => [
      guard(p),
      image(p.spec, false),
      { action: 'ensure-replacement', spec: wired(p), operationId: p.operationId },
      stopped(p.spec),
      { action: 'swap-replacement', name: p.spec.name, operationId: p.operationId },
      ...(p.input.run ? [ports(p.spec), { action: 'ensure-running', mustHold: true } as const] : []),
      { action: 'ensure-only' },
    ],
    undo: (p) => [{ action: 'drop-replacement', operationId: p.operationId }, ...(p.input.run ? [running] : [])],
  },
  delete: { forward: (p) => [stopped(p.spec), absent] },
  restore: { forward: (p) => (p.input.trashId ? [{ action: 'ensure-data-back', trashId: p.input.trashId }] : []) },
  purge: {
    forward: (p) => [
      stopped(p.spec),
      absent,
      ...(p.input.archive ? [{ action: 'ensure-archived', operationId: p.operationId } as const] : []),
      ...(p.input.removeData ? [{ action: 'ensure-data-gone' } as const] : []),
    ],
  },
} as const satisfies Record<OperationKind, Plan>;

/** The effects of an operation in its phase. */
export function planOf(kind: OperationKind, phase: 'forward' | 'undo', planning: Planning): Effect[] {
  const plan: Plan = plans[kind];
  return phase === 'forward' ? plan.forward(planning) : (plan.undo?.(planning) ?? []);
}

export function canUndo(kind: OperationKind): boolean {
  return 'undo' in plans[kind];
}

const running = { action: 'ensure-running', mustHold: false } as const;
const absent = { action: 'ensure-absent' } as const;

function stopped(spec: ServerSpec): Effect {
  return { action: 'ensure-stopped', graceSeconds: spec.stop.graceSeconds };
}

/** The directories of a server that never had a container are made rather than guarded. */
function guard(planning: Planning): Effect {
  const { applied, input } = planning;
  return { action: 'guard-data', spec: wired(planning), make: applied === null, allowEmptyData: input.allowEmptyData };
}

function image(spec: ServerSpec, unlessContainer: boolean): Effect {
  return { action: 'ensure-image', image: spec.image, unlessContainer };
}

function ports(spec: ServerSpec): Effect {
  return { action: 'check-ports', ports: spec.ports.map(({ protocol, hostPort }) => ({ protocol, hostPort })) };
}

/** The spec as the link carries it: the same in mutable arrays, its secrets opened and, for what the host keeps, sealed. */
function wired({ spec, env }: Planning): ContainerSpec {
  const sealedEnv = Object.fromEntries(
    Object.entries(spec.env).flatMap(([name, value]) => (isSealed(value) ? [[name, value.sealed]] : [])),
  );
  return {
    ...spec,
    env: env(),
    sealedEnv,
    command: spec.command && [...spec.command],
    ports: [...spec.ports],
    volumes: [...spec.volumes],
  };
}
