// Actions on a server: guard, record, then leave the effect to the operation. Decided inside the transaction that
// records it, so that of two that race one wins and the other is told why.

import { may } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type OperationAction, operations } from '@mainstay/core/lifecycle';
import type { Operation } from '@mainstay/wire/operations';
import { conductOf, showOperation } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { type CopyOrder, orderedCopy, originOf, sourceOf } from './copy-order.ts';
import { permitted } from './guards.ts';
import { type Change, change } from './journal.ts';
import { refuseLostWorld } from './lost-world.ts';
import { type Asker, endOperation, type OperationInput, openOperation, openOperationOf, refuseWhileBusy, repeated } from './operations.ts';
import { refuseOverQuota } from './quota.ts';
import { releaseSource } from './release-source.ts';
import { transition } from './transition.ts';

/** What an action may bring along. */
export interface ActionInput {
  readonly allowEmptyData?: boolean;
  readonly removeData?: boolean;
  readonly archive?: boolean;
  readonly reinstall?: boolean;
  /** purge: the name as the person typed it. */
  readonly confirmName?: string;
}

/** Opens the operation of an action, if the lifecycle allows it. */
export async function act(world: World, asker: Asker, id: ServerId, action: OperationAction, input: ActionInput = {}): Promise<Operation> {
  const before = await repeated(world.store.db, asker);
  if (before) return showOperation(before);
  if (action === 'start') await refuseLostWorld(world, asker.name, id, input.allowEmptyData ?? false);
  const operation = await change(world, async (under) => {
    const again = await repeated(under.writer, asker);
    if (again) return again;
    const server = await permitted(under.writer, id, action);
    if (action === 'purge' && input.confirmName !== server.name) {
      throw new Fault('invalid-request', `To purge this server, confirmName must be its name, “${server.name}”.`, {
        extra: { errors: [{ path: '/confirmName', message: `Type the server’s name: ${server.name}` }] },
      });
    }
    if (action === 'start') refuseOverQuota(server);
    if (input.reinstall && conductOf(server).install === null) {
      throw new Fault('invalid-request', `“${server.name}” has no install script. Rebuild it without reinstall.`, {
        extra: { errors: [{ path: '/reinstall', message: 'It has no install script.' }] },
      });
    }
    if (server.state === 'creating') await supersede(under, server, asker);
    else await refuseWhileBusy(under.writer, asker.access, server, action);
    // Whoever acts has seen it crash: what counts is what becomes of it from here on.
    await under.writer.updateTable('servers').set({ crashes_json: '[]' }).where('id', '=', id).execute();
    const row = operations[action];
    if (row.intent === 'running' || row.intent === 'stopped') {
      await under.writer.updateTable('servers').set({ intent: row.intent, updated_at: under.at }).where('id', '=', id).execute();
    }
    const opened = await openOperation(
      under,
      server,
      action,
      {
        from: server.state,
        intentBefore: server.intent,
        run: server.state === 'running',
        allowEmptyData: input.allowEmptyData ?? false,
        removeData: input.removeData ?? false,
        archive: input.archive ?? false,
        trashId: null,
        install: installOf(server, action, input),
        copy: await copyOf(under, asker, server, action, input),
      },
      asker,
    );
    if (row.during !== 'from') {
      const cause = { by: 'operation', who: asker.name, operation: action } as const;
      await transition(under, server, row.during, { code: 'operation', operation: action }, cause, opened.id);
    }
    return opened;
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

/** What never came to a container may lack its program, and so do a world that is begun anew and one that was brought back from the trash. */
function installOf({ applied_json }: ServerRow, action: OperationAction, input: ActionInput): OperationInput['install'] {
  if (action === 'rebuild') return input.reinstall ? 'again' : 'no';
  return action === 'start' && (applied_json === null || input.allowEmptyData) ? 'unless-done' : 'no';
}

/** A start goes on with a copy that has not come whole; who would rather begin an empty world has it no more. */
async function copyOf(
  { writer }: Change,
  { access }: Asker,
  server: ServerRow,
  action: OperationAction,
  input: ActionInput,
): Promise<CopyOrder | null> {
  const origin = originOf(server);
  if (origin === null || (action !== 'start' && action !== 'delete')) return null;
  if (action === 'start' && input.allowEmptyData) {
    await writer.updateTable('servers').set({ copy_json: null }).where('id', '=', server.id).execute();
    return null;
  }
  if (action === 'delete') return orderedCopy(origin, server);
  const source = await sourceOf(writer, origin);
  await permitted(writer, source.id, 'clone');
  await refuseWhileBusy(writer, access, source, 'clone').catch((error: unknown) => {
    if (may(access, 'see', { kind: 'server', serverId: source.id, agentId: source.agent_id })) throw error;
    throw new Fault('operation-in-progress', 'The server that its data is still to be copied from is busy. Try again when it is not.');
  });
  return orderedCopy(origin, source);
}

/** A delete while a server is being created ends the creation; there is nothing else that could be waited for. */
async function supersede(under: Change, server: ServerRow, asker: Asker): Promise<void> {
  const open = await openOperationOf(under.writer, server);
  if (!open) return;
  if (open.kind !== 'create') return refuseWhileBusy(under.writer, asker.access, server, 'delete');
  await releaseSource(under, open);
  await endOperation(under, open, 'cancelled', `deleted by ${asker.name} while it was being created`);
}
