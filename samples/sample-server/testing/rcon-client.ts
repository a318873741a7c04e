// A small RCON client for tests: authenticates, then asks and gathers whole answers, however many packets they take.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodePacket, type Packet, packetReader, TYPE } from '../rcon-packet.ts';

const COMMAND_ID = 11;
const END_ID = 12;

export interface RconClient {
  readonly socket: Socket;
  /** Every packet that came, in order. */
  readonly packets: readonly Packet[];
  /** False when the password was refused. */
  authenticate(password: string): Promise<boolean>;
  /** The whole answer to one command, or as much as came before the server ended. */
  ask(command: string): Promise<string>;
  /** Resolves with the first packet from now on, or before, that fits. */
  packet(fits: (packet: Packet) => boolean): Promise<Packet>;
}

export async function connectRcon(port: number, host = '127.0.0.1'): Promise<RconClient> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  // A server that ends may cut the connection short; what came before still counts.
  socket.on('error', () => socket.destroy());
  const packets: Packet[] = [];
  const read = packetReader();
  socket.on('data', (piece: Buffer) => packets.push(...read(piece)));

  /** More packets, or the end of the connection. */
  function news(): Promise<unknown> {
    return Promise.race([new Promise((resolve) => socket.once('data', resolve)), closed]);
  }

  async function packet(fits: (packet: Packet) => boolean): Promise<Packet> {
    for (;;) {
      const found = packets.find(fits);
      if (found) return found;
      if (socket.closed) throw new Error('the connection ended before the packet came');
      await news();
    }
  }

  return {
    socket,
    packets,
    packet,
    async authenticate(password) {
      socket.write(encodePacket({ id: 1, type: TYPE.auth, body: password }));
      return (await packet(({ type }) => type === TYPE.authAnswer)).id === 1;
    },
    async ask(command) {
      packets.length = 0;
      socket.write(encodePacket({ id: COMMAND_ID, type: TYPE.command, body: command }));
      // Mirrored by the server behind the whole answer, and followed by one more packet with the same id.
      socket.write(encodePacket({ id: END_ID, type: TYPE.answer, body: '' }));
      while (packets.filter(({ id }) => id === END_ID).length < 2 && !socket.closed) await news();
      return packets
        .filter(({ id }) => id === COMMAND_ID)
        .map(({ body }) => body)
        .join('');
    },
  };
}
