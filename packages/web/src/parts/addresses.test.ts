// Addresses, as they are shown and as they are copied.

import { describe, expect, it } from 'vitest';
import { sampleServer } from '../testing/samples.ts';
import { addressesOf } from './addresses.ts';

describe('an address', () => {
  const port = (hostPort: number, protocol: string, name = 'p') => ({
    name: `${name}${hostPort}`,
    protocol,
    containerPort: hostPort,
    hostPort,
  });

  it('joins ports that follow each other, and is copied as a game takes it', () => {
    const server = sampleServer({ ports: [port(2456, 'udp'), port(2457, 'udp'), port(2458, 'tcp')] });
    expect(addressesOf(server)).toMatchObject([
      { shown: 'basement:2456–2457/udp', copied: 'basement:2456' },
      { shown: 'basement:2458/tcp', copied: 'basement:2458' },
    ]);
  });
});
