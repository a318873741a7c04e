// Host ports as a function of what is asked for and what is taken.

import { Fault } from '@mainstay/core/fault';
import { allocatePorts, portKey, type WantedPort } from '@mainstay/core/ports';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const range = { from: 20000, to: 20009 };
const want = (containerPort: number, more: Partial<WantedPort> = {}): WantedPort => ({
  name: `p${containerPort}`,
  protocol: 'tcp',
  containerPort,
  ...more,
});

describe('host ports', () => {
  it('are the lowest free ones of the range', () => {
    const taken = new Map([['20000/tcp', 'lobby']]);
    expect(allocatePorts([want(7777), want(7778)], taken, range).map((port) => port.hostPort)).toEqual([20001, 20002]);
  });

  it('are one number for TCP and UDP of one container port', () => {
    const taken = new Map([['20000/udp', 'lobby']]);
    const ports = allocatePorts([want(27015), want(27015, { name: 'query', protocol: 'udp' })], taken, range);
    expect(ports.map(portKey)).toEqual(['20001/tcp', '20001/udp']);
  });

  it('that something else on the host holds are not chosen, but given to who names them', () => {
    const avoided = new Set(['20000/tcp']);
    expect(allocatePorts([want(1)], new Map(), range, avoided)[0]?.hostPort).toBe(20001);
    expect(allocatePorts([want(1, { hostPort: 20000 })], new Map(), range, avoided)[0]?.hostPort).toBe(20000);
  });

  it('that are named are given as named, even outside the range', () => {
    expect(allocatePorts([want(25565, { hostPort: 25565 })], new Map(), range)[0]?.hostPort).toBe(25565);
  });

  it('that another server has are refused, and the refusal names it', () => {
    const ask = () => allocatePorts([want(25565, { hostPort: 25565 })], new Map([['25565/tcp', 'survival']]), range);
    expect(ask).toThrow(Fault);
    expect(ask).toThrow(/port-taken: Host port 25565\/tcp belongs to server “survival”/);
  });

  it('that have run out are refused with what to do', () => {
    const taken = new Map(Array.from({ length: 10 }, (_, at) => [`${range.from + at}/tcp`, 'full'] as const));
    expect(() => allocatePorts([want(1)], taken, range)).toThrow(/ports-exhausted/);
  });

  it('are never given twice', () => {
    const wanted = fc.uniqueArray(
      fc.record({ containerPort: fc.integer({ min: 1, max: 50 }), protocol: fc.constantFrom('tcp' as const, 'udp' as const) }),
      {
        selector: (port) => `${port.containerPort}/${port.protocol}`,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(wanted, fc.uniqueArray(fc.integer({ min: 20000, max: 20030 })), (ports, taken) => {
        const holders = new Map(taken.map((port) => [`${port}/tcp`, 'other']));
        const given = allocatePorts(
          ports.map((port) => ({ ...port, name: 'x' })),
          holders,
          { from: 20000, to: 20100 },
        ).map(portKey);
        return new Set(given).size === given.length && given.every((key) => !holders.has(key));
      }),
    );
  });
});
