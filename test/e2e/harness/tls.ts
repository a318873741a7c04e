// What a test needs of TLS: a certificate on disk, requests that believe it, and a proxy that ends it as nginx does.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { certificateFor } from '../../../packages/manager/test/certificate.ts';

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate for this machine, written into a directory; one that was there is replaced, as by a renewal. */
export function writeCertificate(directory: string): Certificate {
  const pair = certificateFor('localhost');
  const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  writeFileSync(files.certFile, pair.cert);
  writeFileSync(files.keyFile, pair.key, { mode: 0o600 });
  return { ...files, ...pair };
}

export interface Asking {
  readonly ca: string;
  /** A connection that is kept; left out: one of its own. */
  readonly agent?: Agent;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** One request over TLS. */
export async function ask(url: string, { ca, agent = new Agent({ ca, keepAlive: false }), method = 'GET', headers = {}, body }: Asking) {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = request(url, { agent, ca, method, headers: { ...headers, ...json } });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const socket = response.socket as TLSSocket;
  const certificate: PeerCertificate = socket.getPeerCertificate();
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece;
  return { status: response.statusCode, cookies: response.headers['set-cookie'] ?? [], text, serial: certificate.serialNumber, socket };
}

/** A proxy that ends TLS in front of `upstream` and says so in its headers. */
export async function openProxy(upstream: string, { cert, key }: Pick<Certificate, 'cert' | 'key'>) {
  const target = new URL(upstream);
  const told = (request: IncomingMessage) => ({
    ...request.headers,
    'x-forwarded-for': request.socket.remoteAddress ?? '',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': request.headers.host ?? '',
  });
  const server = createServer({ cert, key }, (incoming, answer) => {
    const { method, url: path } = incoming;
    const on = requestPlain({ host: target.hostname, port: target.port, method, path, headers: { ...told(incoming), host: target.host } });
    on.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    on.once('error', () => answer.destroy());
    incoming.pipe(on);
  });
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    const behind = connect(Number(target.port), target.hostname);
    const lines = Object.entries(told(incoming)).map(([name, value]) => `${name}: ${value}`);
    behind.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    behind.write(head);
    client.pipe(behind).pipe(client);
    client.on('error', () => behind.destroy());
    behind.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
