// A player with a keyboard: a socket to the lobby that sends lines and waits for the answer it expects.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Player {
  readonly socket: Socket;
  type(line: string): void;
  /** Resolves once the text has been shown, also if it was before. */
  sees(text: string): Promise<void>;
  gone(): Promise<void>;
}

/** Connects, and gives a name unless none is asked for. */
export async function joinLobby(port: number, name?: string): Promise<Player> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => socket.destroy());
  let screen = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece: string) => {
    screen += piece;
  });
  const player: Player = {
    socket,
    type: (line) => socket.write(`${line}\n`),
    async sees(text) {
      while (!screen.includes(text)) {
        if (socket.closed) throw new Error(`never saw ${JSON.stringify(text)} in:\n${screen}`);
        await Promise.race([new Promise((resolve) => socket.once('data', resolve)), closed]);
      }
    },
    async gone() {
      await closed;
    },
  };
  if (name !== undefined) {
    player.type(name);
    await player.sees(`Hello, ${name}.`);
  }
  return player;
}
