// A real nginx in front of a manager, set up as the operator's guide says: its very text, with this test's names in it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ensureNginx } from '../../../tools/nginx.ts';
import { note, ownDirectory } from './ledger.ts';
import { freePort } from './ports.ts';
import type { Certificate } from './tls.ts';
import { until } from './until.ts';

const guide = join(import.meta.dirname, '../../../docs/operating.md');

export async function openNginx(upstream: string, { certFile, keyFile }: Certificate) {
  const program = await ensureNginx();
  const port = await freePort();
  const server = /```nginx\n([\s\S]+?)```/.exec(readFileSync(guide, 'utf8'))?.[1];
  if (server === undefined) throw new Error('docs/operating.md has no nginx block any more');
  const directory = ownDirectory('nginx');
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(directory, name));
  const temporary = [
    'client_body_temp_path body',
    'proxy_temp_path proxy',
    'fastcgi_temp_path fastcgi',
    'uwsgi_temp_path uwsgi',
    'scgi_temp_path scgi',
  ];
  const said = server
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replace('mainstay.example.org;', 'localhost;')
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certFile};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${keyFile};`)
    .replace('http://127.0.0.1:8080', upstream);
  const lines = [
    'daemon off;',
    'worker_processes 1;',
    `pid ${directory}/pid;`,
    'error_log stderr;',
    'events {}',
    'http {',
    'access_log off;',
  ];
  // As root its worker would become “nobody”, who may not write here.
  const user = process.getuid?.() === 0 ? ['user root;'] : [];
  writeFileSync(join(directory, 'nginx.conf'), [...user, ...lines, ...temporary.map((each) => `${each};`), said, '}'].join('\n'));
  const child = spawn(program, ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  if (child.pid !== undefined) note('processes', String(child.pid));
  await until('nginx listening', () => listens(port));
  return {
    url: `https://localhost:${port}`,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}
