// Several installations on one engine, and one identity on two hosts. What is another's is neither touched nor told of; an
// agent whose disk was copied does nothing on the engine that it finds.

import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { expect, onTestFinished } from 'vitest';
import { createHost } from '../e2e/harness/host.ts';
import { type Installation, openInstallation } from '../e2e/harness/installation.ts';
import { ownDirectory } from '../e2e/harness/ledger.ts';
import { openOwnEngine } from '../e2e/harness/own-engine.ts';
import { worldOf } from '../e2e/harness/sample.ts';
import { until } from '../e2e/harness/until.ts';
import { groundOf, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { type Notes, scenario } from './scenario.ts';

async function open(notes: Notes): Promise<Installation> {
  const mainstay = await openInstallation();
  onTestFinished(() => mainstay.close());
  notes.watch(mainstay);
  return mainstay;
}

scenario(
  {
    kind: 'installations',
    done: 'two installations on one engine: one’s name and port asked for by the other, containers removed outside, servers purged',
    promised: 'each is told of what is taken, sees nothing of the other’s, and keeps its own',
  },
  async (notes) => {
    const [one, other] = await Promise.all([open(notes), open(notes)]);
    const promised = [new Promised(), new Promised()] as const;
    const [ours, theirs] = await Promise.all([one.create(), other.create()]);
    promised[0].keep(ours, leaveKeepsake(one.host, ours));
    promised[1].keep(theirs, leaveKeepsake(other.host, theirs));

    await expect(other.create({ name: ours.name })).rejects.toThrow(/name/i);
    await expect(
      other.create({
        ports: ours.ports.map(({ name, protocol, containerPort, hostPort }) => ({ name, protocol, containerPort, hostPort })),
      }),
    ).rejects.toThrow(/port/i);
    await one.outside.remove(ours.name);
    await one.untilState(ours.id, 'missing');
    expect((await other.agent()).strays).toEqual([]);
    promised[0].acknowledge(await one.carryOut('start', ours));

    const gone = await other.create();
    await other.carryOut('delete', gone);
    promised[1].acknowledge(await other.carryOut('purge', gone, { removeData: true, confirmName: gone.name }));
    for (const [mainstay, of] of [
      [one, promised[0]],
      [other, promised[1]],
    ] as const)
      await notes.settling(() => untilAllHold(groundOf(mainstay), of));
  },
);

scenario(
  {
    kind: 'installations',
    done: 'a second agent started by mistake with the home of the first',
    promised: 'the second ends at once and says which home is in use; the first stays linked',
  },
  async (notes) => {
    const mainstay = await open(notes);
    const before = await mainstay.agent();
    const second = createHost({ directory: mainstay.directory, name: mainstay.host.name, managerUrl: mainstay.manager.url, joinToken: '' });
    second.start();
    expect(await second.ended()).toBe(1);
    expect(mainstay.logs()).toContain(`Another agent already runs with ${mainstay.host.home}`);
    expect(await mainstay.agent()).toMatchObject({ online: true, since: before.since });
    await notes.settling(() => untilAllHold(groundOf(mainstay), new Promised()));
  },
);

scenario(
  {
    kind: 'installations',
    done: 'an agent’s disk, its key and its worlds, copied to a second host, and both run; then the first one is gone for good',
    promised:
      'on the second host’s engine nothing is done and no server becomes missing; the page says that another engine answers; once it is accepted a start brings the worlds back from the copy',
    long: true,
    limitMs: 180_000,
  },
  async (notes) => {
    const mainstay = await open(notes);
    const engine = await openOwnEngine();
    onTestFinished(() => engine.close());
    const promised = new Promised();
    const server = await mainstay.create();
    promised.keep(server, leaveKeepsake(mainstay.host, server));
    const { id: world } = await until('the world', () => worldOf(mainstay.host, server));
    const before = await mainstay.server(server.id);

    const directory = ownDirectory('second-host');
    cpSync(join(mainstay.directory, mainstay.host.name), join(directory, mainstay.host.name), {
      recursive: true,
      filter: (path) => !path.endsWith('/lock'),
    });
    // Worlds belong to the user that their container runs as.
    execFileSync('cp', ['-a', `${mainstay.host.home}/data/.`, join(directory, mainstay.host.name, 'agent/data')]);
    const copy = createHost({
      directory,
      name: mainstay.host.name,
      managerUrl: mainstay.manager.url,
      joinToken: '',
      dockerHost: engine.address,
    });
    onTestFinished(() => copy.kill());
    copy.start();
    const agent = await until('the other engine told', mainstay.agent, (seen) => seen.engine?.state === 'other', 40_000);
    expect(agent.engine?.detail).toContain('on which its servers were made');
    expect(await mainstay.server(server.id)).toMatchObject({ state: before.state, containerId: before.containerId });
    // The first one dials again, and is the host's agent as before.
    await until('the own engine told', mainstay.agent, (seen) => seen.engine?.state === 'ok', 40_000);
    promised.acknowledge(await mainstay.carryOut('restart', server));
    expect(await engine.outside.docker.listContainers({ all: true })).toEqual([]);

    await mainstay.host.kill();
    await mainstay.outside.remove(server.name);
    await until('the other engine told', mainstay.agent, (seen) => seen.online && seen.engine?.state === 'other', 60_000);
    await mainstay.call(contract.acceptEngine, { params: { agentId: server.agentId } });
    await mainstay.untilState(server.id, 'missing');
    promised.acknowledge(await mainstay.carryOut('start', server));
    expect(worldOf(copy, server).id).toBe(world);
    await notes.settling(() => untilAllHold(groundOf({ ...mainstay, host: copy }, { engines: [engine.outside] }), promised));
  },
);
