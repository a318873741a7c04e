// `mainstay secrets rotate` as it is used: on the manager's own machine, with the manager stopped; a world that comes back from
// the trash still has its secrets.

import { readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { expect } from 'vitest';
import { startProgram } from './harness/program.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const secret = 'a-secret-that-outlives-its-key-55c1';

test('beside a running manager it is refused; then servers, and one in the trash, go on with their secrets', async ({ mainstay }) => {
  const { manager, outside } = mainstay;
  const [kept, purged] = [await mainstay.create({ env: { CODE: { secret } } }), await mainstay.create({ env: { CODE: { secret } } })];
  await mainstay.carryOut('delete', purged);
  await mainstay.carryOut('purge', purged, { removeData: true, confirmName: purged.name });

  const refused = await manager.command('secrets', 'rotate');
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('already runs') });

  const path = join(manager.home, 'manager/secret.key');
  const before = readFileSync(path, 'utf8');
  await manager.stop();
  const done = await manager.command('secrets', 'rotate');
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('Secrets sealed with a new key: 1.') });
  expect(readFileSync(path, 'utf8')).not.toBe(before);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await manager.start();
  await mainstay.untilOnline();

  expect((await mainstay.server(kept.id)).outdated).toEqual([]);
  await mainstay.carryOut('rebuild', kept);
  expect((await outside.inspect(kept.name)).Config.Env).toContain(`CODE=${secret}`);

  const { id: agentId } = await mainstay.agent();
  const { items } = await mainstay.call(contract.getTrash, { params: { agentId } });
  const trashId = items.find(({ serverId }) => serverId === purged.id)?.id ?? '';
  await mainstay.ended(await mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body: {} }));
  await mainstay.carryOut('start', purged);
  expect((await outside.inspect(purged.name)).Config.Env).toContain(`CODE=${secret}`);
});

// The files that a rotation writes, in their order: the old key kept, the new one waiting. Between them and its end is all it does.
const moments = ['secret.key.retired', 'secret.key.next'];

test.for(moments)('killed as %s is written, it has left the old key or the new one, each with what it sealed', async (moment, {
  mainstay,
}) => {
  const { manager, outside } = mainstay;
  const kept = await mainstay.create({ env: { CODE: { secret } } });
  await manager.stop();
  const directory = join(manager.home, 'manager');
  await until('a rotation that was killed', async () => {
    const rotating = startProgram(['secrets', 'rotate'], { MAINSTAY_HOME: manager.home }, join(mainstay.directory, 'rotation.log'));
    const watcher = watch(directory, (_, name) => void (name?.startsWith(moment) && rotating.kill()));
    const end = await rotating.ended;
    watcher.close();
    return end === 'SIGKILL';
  });
  await manager.start();
  await mainstay.untilOnline();
  await mainstay.carryOut('rebuild', kept);
  expect((await outside.inspect(kept.name)).Config.Env).toContain(`CODE=${secret}`);
  await manager.stop();
  expect(await manager.command('secrets', 'rotate')).toMatchObject({ code: 0 });
  await manager.start();
  await mainstay.untilOnline();
  await mainstay.carryOut('rebuild', kept);
  expect((await outside.inspect(kept.name)).Config.Env).toContain(`CODE=${secret}`);
});
