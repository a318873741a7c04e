// The manager's end of the link, for tests: takes agents in as the real one does, and has knobs.

import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { joinPayload } from '@mainstay/wire/agents';
import { linkSubprotocol, provePayload } from '@mainstay/wire/link';
import { connect } from '@mainstay/wire/rpc';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { type WebSocket, WebSocketServer } from 'ws';

export async function openManager() {
  const installationId: string = randomUUID();
  const agentId = randomUUID();
  const knobs = { revoked: false, token: 'good', installationId };
  const notified: { method: string; value: unknown }[] = [];
  let publicKey = '';
  let joined = 0;
  let proven = 0;
  let live: { connection: MessageConnection; socket: WebSocket } | null = null;

  const signed = (text: string, signature: string) =>
    verify(
      null,
      Buffer.from(text),
      createPublicKey({ key: Buffer.from(publicKey, 'base64url'), type: 'spki', format: 'der' }),
      Buffer.from(signature, 'base64url'),
    );

  const server = createServer(async (request: IncomingMessage, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { joinToken, name, publicKey: key, signature } = JSON.parse(body);
    publicKey = key;
    const ok = joinToken === knobs.token && signed(joinPayload(joinToken, name), signature);
    if (ok) joined += 1;
    response.writeHead(ok ? 201 : 401, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        ok
          ? { agentId, installationId, name }
          : {
              type: 'urn:mainstay:problem:unauthenticated',
              code: 'unauthenticated',
              title: 'x',
              status: 401,
              detail: 'The token is not good.',
            },
      ),
    );
  });
  const sockets = new WebSocketServer({ server, handleProtocols: () => linkSubprotocol });
  sockets.on('connection', (socket) => {
    const connection = connect(socket);
    const nonce = randomUUID();
    connection.onRequest('link.hello', () => ({ installationId: knobs.installationId, nonce }));
    connection.onRequest('link.prove', ({ signature }: { signature: string }) => {
      if (knobs.revoked) {
        socket.close(4003, 'revoked');
        throw new Error('revoked');
      }
      if (!signed(provePayload(installationId, agentId, nonce), signature)) throw new Error('not proven');
      proven += 1;
      live = { connection, socket };
      return { agentId };
    });
    connection.onNotification((method, value) => void notified.push({ method, value }));
    connection.listen();
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as { port: number };

  return {
    url: `http://127.0.0.1:${port}`,
    knobs,
    notified,
    get joined() {
      return joined;
    },
    get proven() {
      return proven;
    },
    get live() {
      if (!live) throw new Error('no agent has proven itself');
      return live;
    },
    close() {
      for (const socket of sockets.clients) socket.terminate();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
