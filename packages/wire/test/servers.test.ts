// What a request for a server may say. Hostile names and paths end here.

import { imageReference } from '@mainstay/wire/record';
import { createServer } from '@mainstay/wire/servers';
import { describe, expect, it } from 'vitest';

const body = (more: Record<string, unknown> = {}) => ({ name: 'lobby', image: 'mainstay/sample-server:1', ...more });
const faultOf = (value: unknown) => createServer.safeParse(value).error?.issues[0]?.path.join('.');

describe('a request for a server', () => {
  it('needs a name and an image, and fills in the rest', () => {
    expect(createServer.parse(body())).toMatchObject({
      start: true,
      restart: 'unless-stopped',
      stop: { signal: null, graceSeconds: 30 },
      ports: [],
      volumes: [],
    });
  });

  it('is refused with a field nobody knows', () => {
    expect(createServer.safeParse(body({ privileged: true })).success).toBe(false);
  });

  for (const name of ['', 'a', '../etc', 'A', 'a b', 'a/b', '-ab', 'ab-', 'a\0b', 'ä'.repeat(3), 'x'.repeat(61), '..', 'a\n']) {
    it(`is refused with the name ${JSON.stringify(name)}`, () => expect(faultOf(body({ name }))).toBe('name'));
  }

  for (const containerPath of [
    'data',
    '/',
    '/../etc',
    '/data/../..',
    '/data/',
    '//data',
    '/proc',
    '/sys/fs',
    '/dev/shm',
    '/a:b',
    '/a\nb',
    `/${'x'.repeat(600)}`,
  ]) {
    it(`is refused with the volume path ${JSON.stringify(containerPath).slice(0, 40)}`, () => {
      expect(faultOf(body({ volumes: [{ name: 'world', containerPath }] }))).toBe('volumes.0.containerPath');
    });
  }

  for (const name of ['..', '.', 'a/b', 'A', '', 'x'.repeat(33)]) {
    it(`is refused with the volume name ${JSON.stringify(name)}`, () => {
      expect(faultOf(body({ volumes: [{ name, containerPath: '/data' }] }))).toBe('volumes.0.name');
    });
  }

  it('is refused when it lists a port or a volume twice, and says which', () => {
    const port = { name: 'game', protocol: 'tcp', containerPort: 7777 };
    expect(faultOf(body({ ports: [port, { ...port, name: 'other' }] }))).toBe('ports.1.containerPort');
    const volume = { name: 'world', containerPath: '/data' };
    expect(faultOf(body({ volumes: [volume, { ...volume, name: 'more' }] }))).toBe('volumes.1.containerPath');
  });

  it('is refused with environment names and values that no program could be given', () => {
    expect(faultOf(body({ env: { 'A=B': 'x' } }))).toBe('env.A=B');
    expect(faultOf(body({ env: { A: 'a\0b' } }))).toBe('env.A');
    expect(faultOf(body({ env: { A: 1 } }))).toBe('env.A');
  });
});

describe('an image reference', () => {
  const good = [
    'alpine',
    'mainstay/sample-server:1',
    'ghcr.io/a/b__c:v1.2',
    'localhost:5000/x',
    `a@sha256:${'0'.repeat(64)}`,
    'a--b/c:latest',
    'ich777/steamcmd:rust',
  ];
  for (const reference of good)
    it(`may be ${reference.slice(0, 40)}`, () => expect(imageReference.safeParse(reference).success).toBe(true));
  const bad = ['', 'UPPER', 'a b', '../x', '/x', 'x/', 'a:', 'a@sha256:12', '-x', 'a:b:c', 'x\n', 'a;rm'];
  for (const reference of bad)
    it(`may not be ${JSON.stringify(reference)}`, () => expect(imageReference.safeParse(reference).success).toBe(false));

  it('is judged quickly however long', () => {
    const started = performance.now();
    imageReference.safeParse(`${'a-'.repeat(120)}!`);
    imageReference.safeParse(`${'a'.repeat(250)}!`);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
