// Something on the way from an agent to its manager. It passes everything through, requests and the link's messages, until it
// is told to break its connections, or to hold back what the manager asks or the agent answers: a test is then surely
// between two steps of an operation.

import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Effect } from '@mainstay/wire/link';
import { WebSocket, WebSocketServer } from 'ws';

/** What the manager asks of an agent about one server. */
export interface Asked {
  readonly serverId: string;
  readonly effect: Effect;
}

/** A request, or its answer, that is held back: once. */
export interface HeldMessage {
  /** Resolves when it has come. */
  readonly reached: Promise<void>;
  /** Lets it go on, if anybody is there to have it. */
  release(): void;
}

export interface LinkProxy {
  /** For MAINSTAY_MANAGER. */
  readonly url: string;
  /** Every effect that was asked for, in order. */
  readonly asked: readonly Asked[];
  /** Holds the next effect that matches back `before` the agent has it, or its answer `after` the agent has done it. */
  hold(which: (asked: Asked) => boolean, when: 'before' | 'after'): HeldMessage;
  /** Breaks every connection there is; new ones are passed on. */
  cut(): void;
  close(): void;
}

interface Holding {
  readonly which: (asked: Asked) => boolean;
  readonly when: 'before' | 'after';
  readonly reach: () => void;
  readonly released: Promise<void>;
}

/** @param as of which version of the link the agent is made to seem; left out: as it is */
export async function openLinkProxy(managerUrl: string, as?: number): Promise<LinkProxy> {
  const { hostname, port } = new URL(managerUrl);
  const sockets = new Set<WebSocket>();
  const asked: Asked[] = [];
  const holdings = new Set<Holding>();
  const accepting = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    const onward = send({ hostname, port, method: request.method, path: request.url, headers: request.headers, agent: false });
    onward.on('error', () => response.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
    const protocols = as === undefined ? offered : [`mainstay-link.${as}`];
    const manager = new WebSocket(`ws://${hostname}:${port}${request.url}`, protocols, { perMessageDeflate: false });
    manager.on('error', () => socket.destroy());
    manager.once('open', () => accepting.handleUpgrade(request, socket, head, (agent) => pass(agent, manager)));
  });

  const pass = (agent: WebSocket, manager: WebSocket) => {
    const awaited = new Map<unknown, Holding>();
    for (const [one, other] of [
      [agent, manager],
      [manager, agent],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.terminate());
      one.on('close', (code) => {
        sockets.delete(one);
        // 1005 and 1006 are never sent: it broke.
        if (code === 1005 || code === 1006) other.terminate();
        else other.close(code);
      });
      one.on('ping', (data) => other.readyState === WebSocket.OPEN && other.ping(data));
    }
    const relay = (to: WebSocket, text: string) => {
      if (to.readyState === WebSocket.OPEN) to.send(text);
    };
    const later = (holding: Holding, to: WebSocket, text: string) => {
      holding.reach();
      void holding.released.then(() => relay(to, text));
    };
    manager.on('message', (data) => {
      const text = data.toString();
      const message = JSON.parse(text) as { id?: unknown; method?: string; params?: Asked };
      if (message.method !== 'server.apply' || !message.params) return relay(agent, text);
      const { serverId, effect } = message.params;
      asked.push({ serverId, effect });
      const holding = [...holdings].find(({ which }) => which({ serverId, effect }));
      if (holding) holdings.delete(holding);
      if (holding?.when === 'before') return later(holding, agent, text);
      if (holding) awaited.set(message.id, holding);
      relay(agent, text);
    });
    agent.on('message', (data) => {
      const said = JSON.parse(data.toString()) as { id?: unknown; method?: string; params?: object };
      const { id, method } = said;
      if (method === 'link.hello' && as !== undefined) said.params = { ...said.params, linkVersion: as };
      const text = JSON.stringify(said);
      const holding = method === undefined ? awaited.get(id) : undefined;
      if (holding) later(holding, manager, text);
      else relay(manager, text);
    });
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    cut,
    hold(which, when) {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      holdings.add({ which, when, reach, released });
      return { reached, release };
    },
    close() {
      server.close();
      cut();
    },
  };
}
