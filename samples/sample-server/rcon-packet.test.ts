import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BadPacket, encodePacket, packetReader, splitBody, TYPE } from './rcon-packet.ts';

describe('RCON packets', () => {
  test('are framed as Valve documents them', () => {
    const packet = encodePacket({ id: 1, type: TYPE.auth, body: 'pw' });
    expect(packet.toString('hex')).toBe('0c000000010000000300000070770000');
  });

  test('are read however they are cut and joined', () => {
    const packet = fc.record({
      id: fc.integer(),
      type: fc.constantFrom(0, 2, 3),
      body: fc.string().filter((body) => !body.includes('\0')),
    });
    fc.assert(
      fc.property(fc.array(packet), fc.integer({ min: 1, max: 50 }), (packets, size) => {
        const stream = Buffer.concat(packets.map(encodePacket));
        const read = packetReader();
        const seen = [];
        for (let at = 0; at < stream.length; at += size) {
          seen.push(...read(stream.subarray(at, at + size)));
        }
        expect(seen).toEqual(packets);
      }),
    );
  });

  test.each([-1, 0, 9, 4097, 2_000_000_000])('of size %i are refused', (size) => {
    const header = Buffer.alloc(4);
    header.writeInt32LE(size);
    expect(() => packetReader()(header)).toThrow(BadPacket);
  });

  test('carry long answers in parts that fit and join without loss', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 }).map((some) => some.repeat(200));
    fc.assert(
      fc.property(text, (whole) => {
        const parts = splitBody(whole);
        expect(parts.join('')).toBe(whole);
        for (const body of parts) {
          expect(encodePacket({ id: 1, type: 0, body }).readInt32LE(0)).toBeLessThanOrEqual(4096);
        }
      }),
      { numRuns: 30 },
    );
  });
});
