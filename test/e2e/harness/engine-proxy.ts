// A socket between an agent and the engine. It passes everything through (streams and hijacked connections too) until it
// is told to misbehave as engines do: not there, mute, failing, cut off midway, another engine than before. It can also
// hold a request back, so that a test is surely in the middle of something.

import { existsSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { ownDirectory } from './ledger.ts';

const engineSocket = process.env['DOCKER_HOST']?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock';

/** What becomes of a request. */
export type Misbehaviour =
  /** Answered 500. */
  | 'fail'
  /** Answered by half, then the connection breaks. */
  | 'cut-short'
  /** Never answered. */
  | 'mute'
  /** Answered as by an engine that has no containers. */
  | 'forget';

/** A request that is held back: once. */
export interface Held {
  /** Resolves when it has come (and, held after, the engine has done it). */
  readonly reached: Promise<void>;
  /** Lets it, or its answer, go on. */
  release(): void;
}

export interface EngineProxy {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Requests that came, as `POST /containers/create?name=x`, without the API's version. */
  readonly requests: readonly string[];
  /** The engine is not there: open connections break, new ones are refused. */
  refuse(): void;
  /** It is there again. */
  accept(): Promise<void>;
  /** The event stream breaks, and cannot be had again. */
  cutEvents(): void;
  /** Requests that match are answered so from now on. @returns how to end it */
  misbehave(which: RegExp, how: Misbehaviour): () => void;
  /** Another engine answers: with its own id and without a container. Open connections break. `null`: the own one again. */
  pretend(engineId: string | null): void;
  /** Holds the next request that matches back `before` the engine has it, or its answer `after` the engine has done it. */
  hold(which: RegExp, when: 'before' | 'after'): Held;
  /** Behaves well again in every respect. */
  behave(): Promise<void>;
  close(): void;
}

interface Holding {
  readonly which: RegExp;
  readonly when: 'before' | 'after';
  readonly reach: () => void;
  readonly released: Promise<void>;
}

export async function openEngineProxy(): Promise<EngineProxy> {
  const path = join(ownDirectory('engine'), 'docker.sock');
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const rules = new Set<{ readonly which: RegExp; readonly how: Misbehaviour }>();
  const holdings = new Set<Holding>();
  let refusing = false;
  let otherEngine: string | null = null;

  const held = (asked: string): Holding | null => {
    const found = [...holdings].find(({ which }) => which.test(asked)) ?? null;
    if (found) holdings.delete(found);
    return found;
  };
  const misbehaviour = (asked: string): Misbehaviour | null => {
    const rule = [...rules].find(({ which }) => which.test(asked));
    if (rule) return rule.how;
    return otherEngine !== null && /^GET \/containers\/json/.test(asked) ? 'forget' : null;
  };

  const answerJson = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = `${request.method} ${(request.url ?? '').replace(/^\/v[\d.]+(?=\/)/, '')}`;
    requests.push(asked);
    const how = misbehaviour(asked);
    if (how === 'mute') return;
    if (how === 'fail') return answerJson(response, 500, { message: 'the engine is out of order' });
    if (how === 'forget') return answerJson(response, 200, []);
    if (otherEngine !== null && /^GET \/containers\/[^/]+\/json/.test(asked))
      return answerJson(response, 404, { message: 'No such container' });
    const holding = held(asked);
    if (holding?.when === 'before') {
      holding.reach();
      await holding.released;
      // Who asked is gone: a request that never arrived.
      if (response.destroyed) return;
    }
    pass(request, response, how, holding?.when === 'after' ? holding : null, otherEngine);
  };

  const server = createServer((request, response) => void serve(request, response));
  server.requestTimeout = 0;
  server.on('connection', (socket: Socket) => {
    if (refusing) return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push(`${request.method} ${request.url}`);
    passRaw(request, socket, head);
  });

  const breakConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  const listen = () =>
    new Promise<void>((resolve) => {
      if (existsSync(path)) rmSync(path);
      server.listen(path, resolve);
    });
  await listen();

  const accept = async () => {
    refusing = false;
    if (!server.listening) await listen();
  };
  const pretend = (engineId: string | null) => {
    otherEngine = engineId;
    breakConnections();
  };
  const misbehave = (which: RegExp, how: Misbehaviour) => {
    const rule = { which, how };
    rules.add(rule);
    return () => void rules.delete(rule);
  };

  return {
    address: `unix://${path}`,
    requests,
    accept,
    pretend,
    misbehave,
    refuse() {
      refusing = true;
      server.close();
      breakConnections();
    },
    cutEvents() {
      misbehave(/^GET \/events/, 'fail');
      breakConnections();
    },
    hold(which, when) {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      holdings.add({ which, when, reach, released });
      return { reached, release };
    },
    async behave() {
      rules.clear();
      holdings.clear();
      otherEngine = null;
      await accept();
    },
    close() {
      server.close();
      breakConnections();
    },
  };
}

/** Hands a request on and its answer back, as they come. */
function pass(
  request: IncomingMessage,
  response: ServerResponse,
  how: Misbehaviour | null,
  holding: Holding | null,
  engineId: string | null,
): void {
  const onward = send({ socketPath: engineSocket, method: request.method, path: request.url, headers: request.headers, agent: false });
  onward.on('error', () => response.destroy());
  response.on('close', () => {
    // A held answer is lost with who asked for it; what the engine was told stays told.
    if (!response.writableFinished && holding === null) onward.destroy();
  });
  onward.on('response', (answer) => {
    answer.on('error', () => response.destroy());
    const deliver = () => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      if (how === 'cut-short') void cutShort(answer, response);
      else answer.pipe(response);
    };
    if (engineId !== null && /\/info$/.test(request.url ?? '')) void relabel(answer, response, engineId);
    else if (holding === null) deliver();
    else {
      holding.reach();
      void holding.released.then(() => (response.destroyed ? answer.destroy() : deliver()));
    }
  });
  request.pipe(onward);
}

/** Upgraded and hijacked connections: bytes both ways. */
function passRaw(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const onward = connect(engineSocket);
  const headers = request.rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${request.rawHeaders[at + 1]}`] : []));
  // In one piece, as it came: of a body that comes after its head the engine makes the first thing on the program's input.
  onward.write(Buffer.concat([Buffer.from(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`), head]));
  onward.pipe(socket).pipe(onward);
  for (const [one, other] of [
    [onward, socket],
    [socket, onward],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

async function whole(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

async function cutShort(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await whole(answer);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

async function relabel(answer: IncomingMessage, response: ServerResponse, engineId: string): Promise<void> {
  const facts = JSON.parse((await whole(answer)).toString()) as Record<string, unknown>;
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...facts, ID: engineId }));
}
