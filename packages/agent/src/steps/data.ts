// `guard-data` and `ensure-data-gone`.

import type { EffectOf } from '@mainstay/wire/link';
import { type Done, done, type Step } from './step.ts';

export async function guardData({ data, serverId }: Step, { spec, make, allowEmptyData }: EffectOf<'guard-data'>): Promise<Done> {
  await data.guard(serverId, { volumes: spec.volumes.map(({ name }) => name), make, allowEmptyData });
  return done;
}

export async function ensureDataGone({ data, serverId }: Step, _effect: EffectOf<'ensure-data-gone'>): Promise<Done> {
  await data.remove(serverId);
  return done;
}
