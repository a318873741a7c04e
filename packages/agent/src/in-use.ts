// What may be written by a program while it is read: data that a container has mounted. Whoever archives or removes a tree as
// root while somebody within it swaps directories for links is led out of it, so neither begins before every container is gone.

import { labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Engine } from './engine.ts';

/** @throws Fault `refused-by-host` while a container of the server is there, running or not; the engine's own when it cannot be asked */
export async function refuseInUse(
  { engine, installationId }: { readonly engine: Pick<Engine, 'list' | 'inspect'>; readonly installationId: InstallationId },
  serverId: ServerId,
): Promise<void> {
  for (const label of [labels.server, labels.install]) {
    for (const { id, name } of await engine.list({ [labels.installation]: installationId, [label]: serverId })) {
      // The list shows one for a moment longer than it is there.
      if ((await engine.inspect(id)) !== null)
        throw new Fault('refused-by-host', `Container ${name} still has this server’s data mounted. Remove it first.`);
    }
  }
}
