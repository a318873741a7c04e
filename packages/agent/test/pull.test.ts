import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Progress } from '@mainstay/wire/operations';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apply } from '../src/steps.ts';
import { docker, newServerId, openHost, type TestHost } from './host.ts';

// A registry of one image with one layer of 2 MB, given out a piece at a time.
const repository = `mainstay-test/pulled-${randomUUID().slice(0, 8)}`;
const digest = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
const piece = 128 * 1024;

let host: TestHost;
let registry: Server;
let image: string;
let slowMs = 20;

beforeAll(async () => {
  host = await openHost();
  const archive = pack();
  archive.entry({ name: 'noise' }, randomBytes(2 * 1024 * 1024));
  archive.finalize();
  const tar = await buffer(archive);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [digest(tar)] } }),
  );
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: config.length, digest: digest(config) },
      layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: digest(layer) }],
    }),
  );
  registry = createServer(async (request, response) => {
    const path = request.url ?? '';
    const content =
      [manifest, config, layer].find((each) => path.endsWith(digest(each))) ?? (path.includes('/manifests/') ? manifest : null);
    response.writeHead(content || path === '/v2/' ? 200 : 404, {
      'content-length': content?.length ?? 0,
      ...(content === manifest ? { 'content-type': type, 'docker-content-digest': digest(manifest) } : {}),
    });
    if (request.method === 'GET' && content) {
      for (let at = 0; at < content.length && !response.destroyed; at += piece) {
        response.write(content.subarray(at, at + piece));
        await new Promise((resolve) => setTimeout(resolve, slowMs));
      }
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => registry.once('listening', resolve));
  image = `localhost:${(registry.address() as { port: number }).port}/${repository}:1`;
});
afterAll(async () => {
  await docker
    .getImage(image)
    .remove()
    .catch(() => undefined);
  registry.closeAllConnections();
  registry.close();
  await host.close();
});

const pull = (report: (progress: Progress) => void, signal: AbortSignal) =>
  apply(
    host.world,
    { serverId: newServerId(), containerId: null, effect: { action: 'ensure-image', image, unlessContainer: false } },
    report,
    signal,
  );

it('a pull can be called off while it goes on', async () => {
  slowMs = 1000;
  const controller = new AbortController();
  await expect(pull(() => controller.abort(), controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(await host.engine.image(image)).toBe(null);
  slowMs = 20;
});

it('a pull tells its bytes, and is not done twice', async () => {
  const told: Progress[] = [];
  await pull((progress) => told.push(progress), new AbortController().signal);
  expect(told.at(-1)).toMatchObject({ unit: 'bytes' });
  expect(told.at(-1)?.total).toBeGreaterThan(2_000_000);
  expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b));
  expect(await host.engine.image(image)).toEqual({ volumes: [] });
  registry.closeAllConnections();
  const again: Progress[] = [];
  await pull((progress) => again.push(progress), new AbortController().signal);
  expect(again).toEqual([]);
});
