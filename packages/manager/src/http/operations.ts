// Operations over HTTP, one by one and many at once.

import { cancelBulk, createBulk, getBulk } from '../app/bulk.ts';
import { cancelOperation, getOperation } from '../app/operations.ts';
import { showOperation } from '../sql/rows.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

export function operationHandlers(world: World): Handlers<'getOperation' | 'cancelOperation' | 'createBulk' | 'getBulk' | 'cancelBulk'> {
  return {
    createBulk: async ({ body }, { asker }) => createBulk(world, asker, body),
    getBulk: async ({ params }, { caller }) => getBulk(world.store.db, caller.access, params.bulkId),
    cancelBulk: async ({ params }, { caller }) => cancelBulk(world, caller.access, params.bulkId),
    getOperation: async ({ params }, { sight }) =>
      (await sight()).operation(showOperation(await getOperation(world.store.db, params.operationId))),
    cancelOperation: async ({ params }, { caller }) => cancelOperation(world, caller.name, params.operationId),
  };
}
