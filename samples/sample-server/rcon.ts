// The operator's console over the network: Source RCON, the protocol that game servers and their tools share.
// Nothing is carried out before the password; a wrong one ends the connection. Answers longer than a packet come as
// several, and an empty answer-packet sent behind a command is mirrored, which is how clients find the end of them.

import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { type Game, runCommand } from './commands.ts';
import { listen } from './listen.ts';
import { plainText } from './plain-text.ts';
import { encodePacket, type Packet, packetReader, splitBody, TYPE } from './rcon-packet.ts';

const PASSWORD_SECONDS = 10;
const CONNECTIONS_MOST = 16;

/**
 * Resolves with the port that it really listens on; rejects when it cannot be had.
 * It stays open to the last moment, so that a stop asked for over RCON can be watched over RCON.
 */
export async function openRcon(game: Game, password: string): Promise<number> {
  const server = createServer((socket) => {
    const peer = socket.remoteAddress ?? 'unknown';
    const read = packetReader();
    let authenticated = false;
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    socket.setTimeout(PASSWORD_SECONDS * 1000, () => socket.destroy());

    function authenticate({ id, body }: Packet): void {
      authenticated = sameSecret(body, password);
      send(socket, { id, type: TYPE.answer, body: '' });
      send(socket, { id: authenticated ? id : -1, type: TYPE.authAnswer, body: '' });
      if (authenticated) {
        socket.setTimeout(0);
      } else {
        game.log(`[rcon] ${peer} refused: wrong password`);
        socket.end();
      }
    }

    function execute({ id, body }: Packet): void {
      game.log(`[rcon] ${peer} asked: ${plainText(body, 120)}`);
      const { text, afterwards } = runCommand(game, body);
      for (const part of splitBody(text)) send(socket, { id, type: TYPE.answer, body: part });
      // An empty write's callback runs once all before it is handed to the system.
      if (afterwards) socket.write('', () => afterwards());
    }

    function mirror({ id }: Packet): void {
      send(socket, { id, type: TYPE.answer, body: '' });
      // Source servers follow the mirrored packet with this one; clients know to drop it.
      send(socket, { id, type: TYPE.answer, body: '\0\0\0\u0001\0\0\0\0' });
    }

    function handle(packet: Packet): void {
      if (packet.type === TYPE.auth) authenticate(packet);
      else if (!authenticated) {
        game.log(`[rcon] ${peer} refused: no password given`);
        send(socket, { id: -1, type: TYPE.authAnswer, body: '' });
        socket.end();
      } else if (packet.type === TYPE.command) execute(packet);
      else if (packet.type === TYPE.answer) mirror(packet);
      else send(socket, { id: packet.id, type: TYPE.answer, body: `unknown type ${packet.type}` });
    }

    socket.on('data', (piece: Buffer) => {
      try {
        for (const packet of read(piece)) if (!socket.writableEnded) handle(packet);
      } catch (error) {
        game.log(`[rcon] ${peer} dropped: ${plainText(String(error), 120)}`);
        socket.destroy();
      }
    });
  });
  server.maxConnections = CONNECTIONS_MOST;
  return listen(server, game.settings.rconPort);
}

function send(socket: Socket, packet: Packet): void {
  socket.write(encodePacket(packet));
}

// Hashed first, because the comparison wants equal lengths and must not tell them apart.
function sameSecret(given: string, expected: string): boolean {
  const hash = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
