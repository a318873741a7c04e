// JSON-RPC over a WebSocket: `vscode-jsonrpc` told how to read and write one. Both ends use it. A fault crosses as a
// JSON-RPC error with its code in `data`, and comes out as the same fault.

import { Fault, faultCodes, faults } from '@mainstay/core/fault';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  ErrorCodes,
  type Message,
  type MessageConnection,
  ProgressType,
  ResponseError,
} from 'vscode-jsonrpc/node';

/** What is needed of a WebSocket: the `ws` package's, or a test's. */
export interface Socket {
  send(text: string, done: (error?: Error | null) => void): void;
  on(event: 'message', listener: (data: { toString(): string }, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

class SocketReader extends AbstractMessageReader {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('close', () => this.fireClose());
    socket.on('error', (error) => this.fireError(error));
  }
  override listen(callback: DataCallback): Disposable {
    this.#socket.on('message', (data, isBinary) => {
      try {
        if (isBinary) throw new Error('binary message');
        callback(JSON.parse(data.toString()) as Message);
      } catch (error) {
        this.fireError(error);
      }
    });
    return { dispose: () => undefined };
  }
}

class SocketWriter extends AbstractMessageWriter {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
  }
  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve()));
    });
  }
  end(): void {}
}

/** A JSON-RPC connection over a socket; call `listen()` once the handlers stand. */
export function connect(socket: Socket): MessageConnection {
  return createMessageConnection(new SocketReader(socket), new SocketWriter(socket));
}

/** Progress of a request, by the token that it named; its shape is the method's own in `progressOf`. */
export const progressType = new ProgressType<unknown>();

/** JSON-RPC's range for an application's own errors. */
const faultErrorCode = -31_000;

/** What the library answers with when the connection went while it was used. */
const lost: ReadonlySet<number> = new Set([
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
]);

/** A fault in the form in which it crosses the link; `internal` does not cross. */
export function toRpcError(error: unknown): ResponseError<unknown> {
  if (error instanceof ResponseError) return error;
  const fault = error instanceof Fault ? error : new Fault('internal', 'Something broke at the other end of the link; its log says what.');
  return new ResponseError(faultErrorCode, fault.detail, { code: fault.code, extra: fault.extra });
}

/** The fault that came over the link; anything else (a closed connection, say) is `host-away`. */
export function fromRpcError(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof ResponseError && error.code === faultErrorCode) {
    const data = error.data as { code?: unknown; extra?: Record<string, unknown> } | undefined;
    // The other end may say what happened there, not who may do what here.
    const code =
      faultCodes.find((known) => known === data?.code && faults[known].status !== 401 && faults[known].status !== 403) ?? 'internal';
    return new Fault(code, error.message, data?.extra ? { extra: data.extra } : {});
  }
  if (error instanceof ResponseError && lost.has(error.code))
    return new Fault('host-away', 'The connection to the host was lost.', { cause: error });
  if (error instanceof ResponseError) return new Fault('internal', `The other end of the link refused the message: ${error.message}`);
  return new Fault('host-away', 'The connection to the host was lost.', { cause: error });
}
