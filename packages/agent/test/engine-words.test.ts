import { Fault } from '@mainstay/core/fault';
import { describe, expect, it } from 'vitest';
import { engineIdOf } from '../src/docker.ts';
import { createLogReader } from '../src/docker-logs.ts';
import { createPullSum } from '../src/docker-pull.ts';
import { engineFault, imageFault, startFault } from '../src/engine-faults.ts';
import { socketsOn } from '../src/ports.ts';

const logLines = (raw: Buffer, terminal: boolean) => {
  const reader = createLogReader(terminal);
  return [...reader.read(raw), ...reader.rest()];
};

const answer = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${message} `), { statusCode, json: { message } });

describe('an error of the engine’s', () => {
  it('without an answer means that it cannot be reached', () => {
    expect(engineFault(Object.assign(new Error('connect ENOENT /var/run/docker.sock'), { code: 'ENOENT' }))).toMatchObject({
      code: 'engine-unreachable',
      detail: expect.stringContaining('/var/run/docker.sock'),
    });
    expect(engineFault(new DOMException('too late', 'TimeoutError')).code).toBe('engine-unreachable');
  });

  it('with an answer is told in its own words', () => {
    expect(engineFault(answer(500, 'layer does not exist')).detail).toBe('The engine says: layer does not exist');
    const fault = new Fault('port-taken', 'x');
    expect(engineFault(fault)).toBe(fault);
  });

  it.each([
    [
      'driver failed programming external connectivity on endpoint lobby (af01): Bind for 0.0.0.0:25565 failed: port is already allocated',
      'port-taken',
      25565,
    ],
    ['driver failed …: Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use', 'port-taken', 8080],
    ['failed to bind host port for 0.0.0.0:7777:172.17.0.2:7777/udp: address already in use', 'port-taken', 7777],
    ['OCI runtime create failed: exec: "x": executable file not found in $PATH', 'container-failed', undefined],
  ])('at a start: %s', (words, code, port) => {
    expect(startFault(answer(500, words))).toMatchObject({ code, extra: port ? { port } : {} });
  });

  it.each([
    ['manifest for x:1 not found: manifest unknown', 'Check its name and tag'],
    ['pull access denied for x, repository does not exist or may require docker login', 'Check its name and tag'],
    ['Get "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.1:53: no such host', 'The registry was not reached'],
    ['Get "https://registry.example/v2/": net/http: TLS handshake timeout', 'The registry was not reached'],
  ])('at a pull: %s', (words, help) => {
    expect(imageFault('x:1', words)).toMatchObject({ code: 'image-unavailable', detail: expect.stringContaining(`${words}. ${help}`) });
  });

  it('at a start of what is gone', () => {
    expect(startFault(answer(404, 'No such container: af01')).code).toBe('container-gone');
  });
});

it('an engine is told by its own id; Podman, whose id is another at every call, by its host and storage', () => {
  const info = { ID: 'AB:CD', Name: 'host', DockerRootDir: '/var/lib/docker' };
  expect(engineIdOf(info)).toBe('AB:CD');
  expect(engineIdOf({ ...info, BuildahVersion: '1.33' })).toBe(engineIdOf({ ...info, ID: 'other', BuildahVersion: '1.33' }));
});

describe('a log', () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.alloc(8);
    header.writeUInt8(stream, 0);
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };

  it('is taken out of its frames', () => {
    const raw = Buffer.concat([frame(1, '2026-01-02T03:04:05.678901234Z grüße\r\n'), frame(2, '2026-01-02T03:04:06Z \n')]);
    expect(logLines(raw, false)).toEqual([
      { at: Date.UTC(2026, 0, 2, 3, 4, 5, 678), stream: 'stdout', text: 'grüße' },
      { at: Date.UTC(2026, 0, 2, 3, 4, 6), stream: 'stderr', text: '' },
    ]);
  });

  it('is the same wherever its pieces are cut', () => {
    const raw = Buffer.concat([frame(1, '2026-01-02T03:04:05Z grüße\n'), frame(2, '2026-01-02T03:04:06Z zwei\n')]);
    const reader = createLogReader(false);
    const lines = [...raw].flatMap((byte) => reader.read(Buffer.from([byte])));
    expect([...lines, ...reader.rest()]).toEqual(logLines(raw, false));
  });

  it('of a terminal has none', () => {
    expect(logLines(Buffer.from('2026-01-02T03:04:05Z hi there\r\nno time\n'), true)).toEqual([
      { at: Date.UTC(2026, 0, 2, 3, 4, 5), stream: 'stdout', text: 'hi there' },
      { at: null, stream: 'stdout', text: 'no time' },
    ]);
  });

  it('cut short is told as far as it goes', () => {
    expect(logLines(frame(1, '2026-01-02T03:04:05Z half a line').subarray(0, 30), false)).toHaveLength(1);
    expect(logLines(Buffer.alloc(5), false)).toEqual([]);
  });
});

it('a pull is one figure that never falls', () => {
  const sum = createPullSum();
  expect(sum({ status: 'Pulling from library/x' })).toBe(null);
  expect(sum({ id: 'a', status: 'Downloading', progressDetail: { current: 10, total: 100 } })).toEqual({
    done: 10,
    total: 100,
    unit: 'bytes',
  });
  expect(sum({ id: 'b', status: 'Downloading', progressDetail: { current: 5, total: 50 } })).toEqual({
    done: 15,
    total: 150,
    unit: 'bytes',
  });
  expect(sum({ id: 'a', status: 'Extracting', progressDetail: { current: 1, total: 100 } })).toBe(null);
  expect(sum({ id: 'a', status: 'Download complete' })).toEqual({ done: 105, total: 150, unit: 'bytes' });
});

it('the kernel’s tables tell which sockets hold a port', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0',
    '   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0',
    '   2: 00000000:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0',
  ].join('\n');
  expect(socketsOn(table, { protocol: 'tcp', hostPort: 8080 })).toEqual(['4711']);
  expect(socketsOn('', { protocol: 'udp', hostPort: 8080 })).toEqual([]);
});
