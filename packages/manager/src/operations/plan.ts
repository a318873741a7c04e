// What each operation does: a list of idempotent effects, made from the record and what was asked. Planning does
// nothing and asks nobody; `runner.ts` carries the plan out and decides nothing.

import { resolvedFiles } from '@mainstay/core/file-edit';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { OperationKind } from '@mainstay/core/lifecycle';
import { isSealed, type ServerConduct, type ServerSpec } from '@mainstay/core/server';
import type { ContainerSpec, Effect, EffectOf, KeptRecord } from '@mainstay/wire/link';
import type { Server } from '@mainstay/wire/servers';
import type { OperationInput } from '../app/operations.ts';

/** What a plan is made from. */
export interface Planning {
  readonly operationId: OperationId;
  readonly serverId: ServerId;
  readonly spec: ServerSpec;
  /** Its variables, secrets opened. */
  readonly env: () => Record<string, string>;
  /** The spec that its container was made from; null when it never had one. */
  readonly applied: ServerSpec | null;
  readonly appliedEnv: () => Record<string, string>;
  readonly conduct: ServerConduct;
  /** What it was made from, and when (ms UTC). */
  readonly made: { readonly template: Server['template']; readonly createdAt: number };
  readonly source: SourcePlanning | null;
  readonly input: OperationInput;
}

/** The server that a clone copies from, as its record says; null: it is gone. */
export interface SourcePlanning {
  readonly spec: ServerSpec;
  readonly conduct: ServerConduct;
  /** Whether it is on another host than the clone. */
  readonly remote: boolean;
  /** What its data was last measured to take; null: not yet. */
  readonly bytes: number | null;
}

/** One step: an effect at the server's own host; one at the host of the server that it copies from (null: that is gone); or in the record alone. */
export type PlanStep =
  | Effect
  | { readonly action: 'stop-source'; readonly effect: EffectOf<'ensure-stopped'> | null }
  | { readonly action: 'release-source' };

/** Long enough for tens of gigabytes on a slow line; a script that hangs must not hold its server for ever. */
const installLimitSeconds = 6 * 60 * 60;

/** A plan is made anew for each step: which steps it has must not depend on what its own steps change. */
export interface Plan {
  readonly forward: (planning: Planning) => PlanStep[];
  /** What is done instead once a step has failed or a person has cancelled; a kind without leaves things as they are. */
  readonly undo?: (planning: Planning) => PlanStep[];
}

export const plans = {
  create: {
    forward: (p) => [
      ...copying(p),
      image(p.spec.image, true),
      guard(p),
      ...installing(p),
      ...(p.input.run ? [ports(p.spec)] : []),
      { action: 'ensure-container', spec: wired(p) },
      ...(p.input.run ? started(p, 'record') : []),
    ],
    undo: uncopying,
  },
  start: {
    // A container that is there is started as it was made, whatever the record has become since.
    forward: (p) => [
      ...copying(p),
      guard(p),
      image(p.spec.image, true),
      ...installing(p),
      ports(p.input.from === 'stopped' ? (p.applied ?? p.spec) : p.spec),
      { action: 'ensure-container', spec: wired(p) },
      ...started(p, p.input.from === 'stopped' ? 'container' : 'record'),
    ],
    undo: uncopying,
  },
  stop: { forward: (p) => [stopped(p)] },
  // The guard stands first: a world that is gone under a running server must not be begun anew by a restart.
  restart: { forward: (p) => [guard(p), ...checkable(p, 'container'), stopped(p), ...started(p, 'container')] },
  // The replacement exists before the old container goes; should it not come up and stay up, the old one is started again.
  rebuild: {
    forward: (p) => [
      guard(p),
      image(p.spec.image, false),
      { action: 'ensure-replacement', spec: wired(p), operationId: p.operationId },
      ...(p.input.run ? checkable(p, 'record') : []),
      stopped(p),
      ...installing(p),
      { action: 'swap-replacement', name: p.spec.name, operationId: p.operationId },
      ...(p.input.run ? [ports(p.spec), ...started(p, 'record', true)] : []),
      { action: 'ensure-only' },
    ],
    undo: (p) => [{ action: 'drop-replacement', operationId: p.operationId }, ...(p.input.run ? started(p, 'container') : [])],
  },
  delete: { forward: (p) => [...uncopying(p), stopped(p), absent] },
  restore: { forward: (p) => (p.input.trashId ? [{ action: 'ensure-data-back', trashId: p.input.trashId }] : []) },
  purge: {
    forward: (p) => [
      stopped(p),
      absent,
      ...(p.input.archive ? [{ action: 'ensure-archived', operationId: p.operationId } as const] : []),
      ...(p.input.removeData ? [{ action: 'ensure-data-gone', record: keptRecord(p) } as const] : []),
    ],
  },
} as const satisfies Record<OperationKind, Plan>;

/** The steps of an operation in its phase. */
export function planOf(kind: OperationKind, phase: 'forward' | 'undo', planning: Planning): PlanStep[] {
  const plan: Plan = plans[kind];
  return phase === 'forward' ? plan.forward(planning) : (plan.undo?.(planning) ?? []);
}

export function canUndo(kind: OperationKind, planning: Planning): boolean {
  return planOf(kind, 'undo', planning).length > 0;
}

const absent = { action: 'ensure-absent' } as const;

/** Its data comes first. The image before that: the source rests no longer than it must. */
function copying({ input: { copy }, source, operationId, spec }: Planning): PlanStep[] {
  // One that was opened by an earlier version copies nothing.
  if (!copy) return [];
  return [
    image(spec.image, true),
    ...(copy.stop ? [{ action: 'stop-source', effect: source && stopped(source) } as const] : []),
    {
      action: 'ensure-copied',
      from: copy.from,
      operationId,
      remote: source?.remote ?? false,
      live: copy.live,
      bytes: source?.bytes ?? null,
    },
  ];
}

/** Of a copy that did not become whole nothing is left; its source is given back before that, for its people wait. */
function uncopying({ input: { copy } }: Planning): PlanStep[] {
  return copy ? [{ action: 'release-source' }, { action: 'drop-copied' }] : [];
}

function stopped({ spec, conduct }: Pick<Planning, 'spec' | 'conduct'>): EffectOf<'ensure-stopped'> {
  return { action: 'ensure-stopped', graceSeconds: spec.stop.graceSeconds, console: conduct.console };
}

/** A program must not be stopped for files that then keep it from coming up; what is installed anew may well mend them. */
function checkable(p: Planning, as: 'record' | 'container'): Effect[] {
  const { files } = filled(p, as);
  return files.length === 0 || p.input.install === 'again' ? [] : [{ action: 'check-files', files }];
}

/** Its files with their placeholders filled in, and what its container is made from. */
function filled({ serverId: id, spec, env, applied, appliedEnv, conduct }: Planning, as: 'record' | 'container') {
  const made = as === 'container' && applied !== null ? { spec: applied, env: appliedEnv } : { spec, env };
  const files = conduct.files.length === 0 ? [] : resolvedFiles(conduct.files, { ...made.spec, id }, made.env());
  return { files, user: made.spec.sandbox.user };
}

/**
 * Its files are written, and it runs.
 * @param as what its container is made from: the record, or what the present one was made from
 */
function started(p: Planning, as: 'record' | 'container', mustHold = false): Effect[] {
  const { files, user } = filled(p, as);
  return [
    ...(files.length === 0 ? [] : [{ action: 'edit-files', files, user } as const]),
    { action: 'ensure-running', mustHold, ready: p.conduct.ready },
  ];
}

function installing({ conduct: { install }, input, operationId, ...p }: Planning): Effect[] {
  // One that was opened by an earlier version installs nothing.
  if (install === null || (input.install ?? 'no') === 'no') return [];
  const again = input.install === 'again';
  return [
    image(install.image, false),
    { action: 'ensure-installed', install, spec: wired(p), operationId, again, limitSeconds: installLimitSeconds },
  ];
}

/** The directories of a server that never had a container are made rather than guarded. */
function guard(planning: Planning): Effect {
  const { applied, input } = planning;
  return { action: 'guard-data', spec: wired(planning), make: applied === null, allowEmptyData: input.allowEmptyData };
}

function image(reference: string, unlessContainer: boolean): Effect {
  return { action: 'ensure-image', image: reference, unlessContainer };
}

function ports(spec: ServerSpec): Effect {
  return { action: 'check-ports', ports: spec.ports.map(({ protocol, hostPort }) => ({ protocol, hostPort })) };
}

/** The spec as the link carries it: the same in mutable arrays, its secrets opened and, for what the host keeps, sealed. */
function wired({ spec, env }: Pick<Planning, 'spec' | 'env'>): ContainerSpec {
  const { command, ports, volumes } = spec;
  return { ...spec, env: env(), sealedEnv: sealedIn(spec), command: command && [...command], ports: [...ports], volumes: [...volumes] };
}

/** The record as it is kept beside its data once nobody else has it: nothing is opened for that. */
function keptRecord({ spec, conduct, made, applied }: Planning): KeptRecord {
  const plain = Object.fromEntries(Object.entries(spec.env).flatMap(([name, value]) => (isSealed(value) ? [] : [[name, value]])));
  return {
    spec: wired({ spec, env: () => plain }),
    conduct: { ...conduct, files: [...conduct.files] },
    made: { ...made, applied: applied !== null },
  };
}

const sealedIn = ({ env }: ServerSpec) =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (isSealed(value) ? [[name, value.sealed]] : [])));
