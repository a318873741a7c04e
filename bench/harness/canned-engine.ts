// An engine that has every answer ready: so many containers of one installation, told as a real engine told of one. It runs as a
// process of its own, so that what it takes counts to nobody, and counts what it is asked.
// usage: node canned-engine.ts <socket> <containers> <installation>

import { createServer } from 'node:http';
import { labels } from '@mainstay/core/bodies';

const [, , socketPath = '', count = '0', installationId = ''] = process.argv;

/** The id of the server, and of the container, at a place. */
export const serverIdAt = (place: number): string => `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`;
export const containerIdAt = (place: number): string => String(place).padStart(64, 'c');

const listed = (place: number) => ({
  Id: containerIdAt(place),
  Names: [`/world-${place}`],
  Image: 'itzg/minecraft-server:latest',
  ImageID: `sha256:${'a'.repeat(64)}`,
  Command: '/start',
  Created: 1_700_000_000,
  Ports: [
    { IP: '0.0.0.0', PrivatePort: 25565, PublicPort: 20_000 + place, Type: 'tcp' },
    { IP: '::', PrivatePort: 25565, PublicPort: 20_000 + place, Type: 'tcp' },
  ],
  Labels: { [labels.installation]: installationId, [labels.server]: serverIdAt(place) },
  State: 'exited',
  Status: 'Exited (0) 2 hours ago',
  HostConfig: { NetworkMode: 'default' },
  NetworkSettings: { Networks: { bridge: { NetworkID: 'b'.repeat(64), EndpointID: '', Gateway: '', IPAddress: '', MacAddress: '' } } },
  Mounts: [
    {
      Type: 'bind',
      Source: `/srv/mainstay/${serverIdAt(place)}/volumes/world`,
      Destination: '/data',
      Mode: '',
      RW: true,
      Propagation: 'rprivate',
    },
  ],
});

const inspected = (id: string) => ({
  Id: id,
  Name: `/world-${Number(id.replaceAll('c', ''))}`,
  State: {
    Status: 'exited',
    Running: false,
    OOMKilled: false,
    Pid: 0,
    ExitCode: 0,
    StartedAt: '2026-01-01T00:00:00Z',
    FinishedAt: '2026-01-01T01:00:00Z',
  },
  RestartCount: 0,
  Config: {
    Image: 'itzg/minecraft-server:latest',
    Tty: false,
    Env: [],
    Labels: { [labels.installation]: installationId, [labels.server]: serverIdAt(Number(id.replaceAll('c', ''))) },
  },
  HostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
  NetworkSettings: { Networks: {}, Ports: {} },
});

function serve(): void {
  const list = JSON.stringify(Array.from({ length: Number(count) }, (_, place) => listed(place)));
  const asked: Record<string, number> = {};
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+(?=\/)/, '').replace(/\?.*/, '');
    const kind = path.replace(/^\/containers\/c\w+\//, '/containers/:id/');
    if (path === '/asked') return void response.end(JSON.stringify(asked));
    asked[kind] = (asked[kind] ?? 0) + 1;
    response.setHeader('content-type', 'application/json');
    // Never ends, and tells of nothing.
    if (kind === '/events') return void response.flushHeaders();
    if (kind === '/info')
      return void response.end(JSON.stringify({ ID: 'canned', ServerVersion: '20.10.24', Driver: 'overlay2', NCPU: 2, MemTotal: 2 ** 34 }));
    if (kind === '/containers/json') return void response.end(list);
    if (kind === '/containers/:id/json') return void response.end(JSON.stringify(inspected(path.split('/')[2] ?? '')));
    response.writeHead(404).end(JSON.stringify({ message: 'canned' }));
  });
  server.listen(socketPath, () => process.stdout.write('ready\n'));
}

if (socketPath !== '' && process.argv[1] === import.meta.filename) serve();
