import { randomUUID } from 'node:crypto';
import type { InstallationId, OperationId, ServerId } from '@mainstay/core/id';
import { plainSandbox } from '@mainstay/core/server';
import type { ContainerSpec } from '@mainstay/wire/link';
import { describe, expect, it } from 'vitest';
import { containerOptions, unrecordedVolumes } from '../src/container.ts';
import { imageVolumeName } from '../src/volumes.ts';

const spec: ContainerSpec = {
  name: 'lobby',
  image: 'mainstay/sample-server:1',
  env: { MOTD: 'a=b "c"' },
  sealedEnv: {},
  command: null,
  ports: [
    { name: 'game', protocol: 'udp', containerPort: 7777, hostPort: 20000 },
    { name: 'query', protocol: 'tcp', containerPort: 7777, hostPort: 20000 },
  ],
  volumes: [{ name: 'world', containerPath: '/data' }],
  limits: { memoryMb: null, cpus: null },
  stop: { signal: null, graceSeconds: 45 },
  restart: 'unless-stopped',
  sandbox: plainSandbox,
};
const serverId = randomUUID() as ServerId;
const installationId = randomUUID() as InstallationId;
const mounts = [{ hostPath: '/srv/data/world', containerPath: '/data' }];
const options = (changes: Partial<ContainerSpec> = {}, operationId: OperationId | null = null) =>
  containerOptions({ serverId, installationId, operationId, spec: { ...spec, ...changes }, mounts });

describe('a container made from a record', () => {
  it('is found again by its labels', () => {
    const operationId = randomUUID() as OperationId;
    expect(options({}, operationId).Labels).toEqual({
      'mainstay.server': serverId,
      'mainstay.installation': installationId,
      'mainstay.operation': operationId,
      'mainstay.name': 'lobby',
    });
    expect(options().Labels?.['mainstay.operation']).toBe('');
  });

  it('gets nothing of the host but its own data, and no privilege', () => {
    const { HostConfig } = options();
    expect(HostConfig?.Mounts).toEqual([{ Type: 'bind', Source: '/srv/data/world', Target: '/data' }]);
    expect(HostConfig?.Binds).toBeUndefined();
    expect(HostConfig?.Privileged).toBe(false);
    expect(HostConfig?.CapAdd).toEqual([]);
  });

  it('is shut in as the record says', () => {
    const made = options({
      sandbox: {
        user: '1000:1000',
        workingDir: '/home/container',
        tty: true,
        readOnlyRoot: true,
        tmpfs: [{ containerPath: '/tmp', sizeMb: 64 }],
        capAdd: ['SYS_NICE'],
      },
    });
    expect(made).toMatchObject({ User: '1000:1000', WorkingDir: '/home/container', Tty: true });
    expect(made.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,exec,nosuid,nodev,size=64m' },
      CapAdd: ['SYS_NICE'],
      Privileged: false,
      SecurityOpt: ['no-new-privileges'],
      CapDrop: ['MKNOD', 'NET_RAW'],
    });
  });

  it('is given what an ordinary image begins with, unless it is shut in, and never endless processes', () => {
    expect(options().HostConfig).not.toHaveProperty('SecurityOpt');
    expect(options().HostConfig).not.toHaveProperty('CapDrop');
    expect(options().HostConfig?.PidsLimit).toBe(4096);
    expect(options({ sandbox: { ...plainSandbox, user: '1000' } }).HostConfig?.SecurityOpt).toEqual(['no-new-privileges']);
  });

  it('keeps both protocols of one port', () => {
    expect(options().HostConfig?.PortBindings).toEqual({ '7777/udp': [{ HostPort: '20000' }], '7777/tcp': [{ HostPort: '20000' }] });
  });

  it('has the limits that the record has, swap included, and else none', () => {
    expect(options({ limits: { memoryMb: 512, cpus: 1.5 } }).HostConfig).toMatchObject({
      Memory: 536_870_912,
      MemorySwap: 536_870_912,
      NanoCpus: 1_500_000_000,
    });
    expect(options().HostConfig).not.toHaveProperty('Memory');
    expect(options().HostConfig).not.toHaveProperty('NanoCpus');
  });

  it('leaves to the image what the record leaves open', () => {
    expect(options()).not.toHaveProperty('Cmd');
    expect(options()).not.toHaveProperty('StopSignal');
    expect(options({ command: ['run', '--fast'], stop: { signal: 'SIGINT', graceSeconds: 5 } })).toMatchObject({
      Cmd: ['run', '--fast'],
      StopSignal: 'SIGINT',
      StopTimeout: 5,
    });
  });
});

describe('volumes that only the image declares', () => {
  it('are those at whose very path the record mounts nothing', () => {
    expect(unrecordedVolumes(spec, ['/data', '/data/', '/data/logs', '/config/', 'relative'])).toEqual(['/config', '/data/logs']);
  });

  it('have directories whose names no record can give, one a path', () => {
    const names = ['/data', '/Data', '/data/', '/d/a/t/a', `/${'x'.repeat(500)}`, '/…'].map(imageVolumeName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^image-[a-z0-9-]{0,40}\.[0-9a-f]{8}$/);
  });
});
