// A service that messages are sent to: an HTTP server on loopback that keeps what it was sent and answers as it is told.

import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Record<string, unknown>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** How the next ones are answered, in order; after them with 200. */
  answer(...answers: readonly Answer[]): void;
  /** Resolves once `n` messages have come. */
  until(n: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Answer[] = [];
  let look: () => void = () => undefined;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
    received.push({ path: request.url ?? '', headers: request.headers, body, json });
    const { status = 200, headers = {}, body: answer = '' } = answers.shift() ?? {};
    response.writeHead(status, headers).end(answer);
    look();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    answer: (...next) => void answers.push(...next),
    until: (n) =>
      new Promise((done) => {
        look = () => {
          if (received.length >= n) done(received);
        };
        look();
      }),
    close,
  };
}

/** One for the test that asks, closed when it is done. */
export async function ownReceiver(): Promise<Receiver> {
  const receiver = await openReceiver();
  onTestFinished(receiver.close);
  return receiver;
}
