// Operations over HTTP.

import { cancelOperation, getOperation } from '../app/operations.ts';
import { showOperation } from '../sql/rows.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

export function operationHandlers(world: World): Handlers<'getOperation' | 'cancelOperation'> {
  return {
    getOperation: async ({ params }) => showOperation(await getOperation(world.store.db, params.operationId)),
    cancelOperation: async ({ params }, { caller }) => cancelOperation(world, caller.name, params.operationId),
  };
}
