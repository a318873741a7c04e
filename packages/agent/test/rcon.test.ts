// RCON as servers really speak it: answers in one packet or many, ended by a mirror or by silence, after an empty packet or at
// once; and what is no RCON at all.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { encodePacket, type Packet, packetReader } from '../../../samples/sample-server/rcon-packet.ts';
import { askRcon, Unreached } from '../src/rcon.ts';

const never = new AbortController().signal;
const opened: { close(): void }[] = [];
const closeAll = () => {
  for (const each of opened.splice(0)) each.close();
};
afterEach(closeAll);

/** A server on a port of its own that does this with each packet. */
async function listen(hear: (packet: Packet, send: (...packets: Packet[]) => void, socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    const read = packetReader();
    socket.on('error', () => socket.destroy());
    socket.on('data', (piece: Buffer) => {
      for (const packet of read(piece)) hear(packet, (...packets) => socket.write(Buffer.concat(packets.map(encodePacket))), socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return (server.address() as AddressInfo).port;
}

const auth = 3;
const command = 2;
const welcome = (id: number): Packet => ({ id, type: 2, body: '' });
const ask = (port: number, line = 'list') => askRcon('127.0.0.1', port, 'hush', line, never);

describe('an RCON console', () => {
  it('answers in one packet', async () => {
    const port = await listen((packet, send) => {
      if (packet.type === auth) send(welcome(packet.id));
      else if (packet.type === command) send({ id: packet.id, type: 0, body: `did ${packet.body}` });
    });
    expect(await ask(port, 'save-all')).toBe('did save-all');
  });

  it('may think for longer than a connection may take', async () => {
    const port = await listen((packet, send) => {
      if (packet.type === auth) send(welcome(packet.id));
      else if (packet.type === command) setTimeout(() => send({ id: packet.id, type: 0, body: 'saved' }), 3_500);
    });
    expect(await ask(port, 'save-all')).toBe('saved');
  });

  it('is let in after an empty packet, as Source servers send one', async () => {
    const port = await listen((packet, send) => {
      if (packet.type === auth) send({ id: packet.id, type: 0, body: '' }, welcome(packet.id));
      else send({ id: packet.id, type: 0, body: 'ok' });
    });
    expect(await ask(port)).toBe('ok');
  });

  const long = Array.from({ length: 3 }, (_, at) => String(at).repeat(4000));

  it('gives a long answer whole when its end is mirrored', async () => {
    const port = await listen((packet, send) => {
      if (packet.type === auth) send(welcome(packet.id));
      else if (packet.type === command) send({ id: packet.id, type: 0, body: long[0]! });
      else send(...long.slice(1).map((body) => ({ id: 2, type: 0, body })), { id: packet.id, type: 0, body: '' });
    });
    expect(await ask(port)).toBe(long.join(''));
  });

  it('and when nothing tells its end', async () => {
    const port = await listen((packet, send) => {
      if (packet.type === auth) send(welcome(packet.id));
      else if (packet.type === command) send(...long.map((body) => ({ id: packet.id, type: 0, body })));
    });
    expect(await ask(port)).toBe(long.join(''));
  });

  it('that ends the connection instead of answering has said nothing', async () => {
    const port = await listen((packet, send, socket) => {
      if (packet.type === auth) send(welcome(packet.id));
      else socket.destroy();
    });
    expect(await ask(port, 'stop')).toBe('');
  });

  it('that refuses the password is told of, and no command is sent', async () => {
    const heard: Packet[] = [];
    const port = await listen((packet, send) => {
      heard.push(packet);
      send({ id: -1, type: 2, body: '' });
    });
    await expect(ask(port)).rejects.toMatchObject({
      code: 'console-unavailable',
      detail: expect.stringContaining('refused its RCON password'),
    });
    expect(heard.map(({ type }) => type)).toEqual([auth]);
  });

  it('that speaks something else is told of', async () => {
    const port = await listen((_, __, socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(ask(port)).rejects.toMatchObject({ detail: expect.stringContaining('does not speak RCON') });
  });

  it('where nothing listens is told of as not reached, so that another way can be tried', async () => {
    const port = await listen(() => undefined);
    closeAll();
    await expect(ask(port)).rejects.toBeInstanceOf(Unreached);
  });
});
