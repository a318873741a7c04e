// The API reads the lifecycle table: every state × action over HTTP, and a refusal says the table's own words.

import { Fault } from '@mainstay/core/fault';
import { type Action, actions, permissions, states } from '@mainstay/core/lifecycle';
import { contract } from '@mainstay/wire/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
beforeAll(async () => {
  manager = await ownManager();
});
afterAll(() => manager.end());

/** How each action is asked for. */
const ask = {
  start: (serverId: string) => manager.call(contract.startServer, { params: { serverId }, body: {} }),
  stop: (serverId: string) => manager.call(contract.stopServer, { params: { serverId } }),
  restart: (serverId: string) => manager.call(contract.restartServer, { params: { serverId } }),
  rebuild: (serverId: string) => manager.call(contract.rebuildServer, { params: { serverId }, body: {} }),
  configure: (serverId: string) => manager.call(contract.configureServer, { params: { serverId }, body: { env: { A: 'b' } } }),
  delete: (serverId: string) => manager.call(contract.deleteServer, { params: { serverId } }),
  restore: (serverId: string) => manager.call(contract.restoreServer, { params: { serverId } }),
  purge: (serverId: string, name: string) =>
    manager.call(contract.purgeServer, { params: { serverId }, body: { removeData: false, confirmName: name } }),
  clone: (serverId: string, name: string) =>
    manager.call(contract.cloneServer, { params: { serverId }, body: { name: `${name}-copy`, data: 'none' } }),
} satisfies Record<Action, (serverId: string, name: string) => Promise<unknown>>;

describe.each(states)('a %s server', (state) => {
  it.each(actions)('asked to %s, answers as the table says', async (action) => {
    const name = `${state}-${action}`;
    const id = await manager.server(name, state);
    const cell = permissions[state][action];
    const answer = await ask[action](id, name).then(
      () => 'yes',
      (error: unknown) => error,
    );
    if (cell === 'yes') {
      expect(answer).toBe('yes');
      return;
    }
    expect(answer).toBeInstanceOf(Fault);
    expect(answer).toMatchObject({ code: 'not-allowed-in-state', detail: cell.no, extra: { state, action } });
    // A refusal changes nothing.
    const after = await manager.call(contract.getServer, { params: { serverId: id } });
    expect(after).toMatchObject({ state, revision: 1, operation: null });
  });
});
