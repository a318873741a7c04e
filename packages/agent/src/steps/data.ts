// What is done to a server's data: guarded, archived, moved to the trash and back.

import type { EffectOf } from '@mainstay/wire/link';
import { refuseInUse } from '../in-use.ts';
import { type Done, done, type Step } from './step.ts';

export async function guardData({ data, serverId }: Step, { spec, make, allowEmptyData }: EffectOf<'guard-data'>): Promise<Done> {
  await data.guard(serverId, { volumes: spec.volumes.map(({ name }) => name), make, allowEmptyData });
  return done;
}

export async function ensureArchived(step: Step, { operationId }: EffectOf<'ensure-archived'>): Promise<Done> {
  const { data, serverId, report, signal } = step;
  await refuseInUse(step, serverId);
  await data.archive(serverId, operationId, report, signal);
  return done;
}

export async function ensureDataBack({ data, serverId }: Step, { trashId }: EffectOf<'ensure-data-back'>): Promise<Done> {
  await data.bringBack(serverId, trashId);
  return done;
}

export async function ensureDataGone(step: Step, { record }: EffectOf<'ensure-data-gone'>): Promise<Done> {
  await refuseInUse(step, step.serverId);
  await step.data.remove(step.serverId, record);
  return done;
}
