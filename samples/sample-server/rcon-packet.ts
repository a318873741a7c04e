// The packets of Source RCON, as Valve documents them (developer.valvesoftware.com/wiki/Source_RCON_Protocol):
// little-endian size (of what follows it), id and type, then the body and two zero bytes.
// A packet may arrive in any number of pieces, and many may arrive in one.

export const TYPE = {
  answer: 0,
  command: 2,
  authAnswer: 2,
  auth: 3,
} as const;

export interface Packet {
  readonly id: number;
  readonly type: number;
  readonly body: string;
}

const SIZE_LEAST = 10;
/** The most that the size field may say, in both directions. */
const SIZE_MOST = 4096;
const BODY_BYTES_MOST = SIZE_MOST - SIZE_LEAST;

export class BadPacket extends Error {}

export function encodePacket({ id, type, body }: Packet): Buffer {
  const content = Buffer.from(body, 'utf8');
  const packet = Buffer.alloc(content.length + 14);
  packet.writeInt32LE(content.length + SIZE_LEAST, 0);
  packet.writeInt32LE(id, 4);
  packet.writeInt32LE(type, 8);
  content.copy(packet, 12);
  return packet;
}

/** Returns a function that takes pieces of the stream and gives the packets that are whole now; throws BadPacket. */
export function packetReader(): (piece: Buffer) => Packet[] {
  let pending = Buffer.alloc(0);
  return (piece) => {
    pending = Buffer.concat([pending, piece]);
    const packets: Packet[] = [];
    while (pending.length >= 4) {
      const size = pending.readInt32LE(0);
      if (size < SIZE_LEAST || size > SIZE_MOST) throw new BadPacket(`packet of ${size} bytes`);
      if (pending.length < size + 4) break;
      const body = pending.subarray(12, size + 2);
      const end = body.indexOf(0);
      packets.push({
        id: pending.readInt32LE(4),
        type: pending.readInt32LE(8),
        body: body.subarray(0, end === -1 ? body.length : end).toString('utf8'),
      });
      pending = pending.subarray(size + 4);
    }
    return packets;
  };
}

/** A long answer as bodies that fit a packet each, cut between characters; an empty one is one empty body. */
export function splitBody(text: string): string[] {
  const content = Buffer.from(text, 'utf8');
  const bodies: string[] = [];
  let start = 0;
  do {
    let end = Math.min(start + BODY_BYTES_MOST, content.length);
    // 10xxxxxx is the middle of a character in UTF-8.
    while (end < content.length && ((content[end] ?? 0) & 0xc0) === 0x80) end--;
    bodies.push(content.toString('utf8', start, end));
    start = end;
  } while (start < content.length);
  return bodies;
}
