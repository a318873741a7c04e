// Ports that are suggested.

import { expect, it } from 'vitest';
import { id, sampleAgent, sampleServer } from '../testing/samples.ts';
import type { PortRow } from './draft.ts';
import { suggestedPorts } from './port-check.tsx';

const row = (key: number, told: Partial<PortRow> = {}): PortRow => ({
  key,
  name: 'game',
  protocol: 'tcp',
  containerPort: '',
  hostPort: '',
  ...told,
});

it('are the lowest that no server on the host holds, a deleted one included', () => {
  const held = sampleServer({ state: 'deleted', ports: [{ name: 'a', protocol: 'tcp', containerPort: 1, hostPort: 20000 }] });
  const elsewhere = sampleServer({
    id: id(2),
    agentId: id(101),
    ports: [{ name: 'a', protocol: 'tcp', containerPort: 1, hostPort: 20001 }],
  });
  expect(suggestedPorts([row(1), row(2)], sampleAgent(), [held, elsewhere])).toEqual([20001, 20002]);
});

it('are one number for the two protocols of a port', () => {
  const rows = [row(1, { containerPort: '7777' }), row(2, { containerPort: '7777', protocol: 'udp' })];
  expect(suggestedPorts(rows, sampleAgent(), [])).toEqual([20000, 20000]);
});

it('leave alone what was typed', () => {
  expect(suggestedPorts([row(1, { hostPort: '20000' }), row(2)], sampleAgent(), [])).toEqual([null, 20001]);
});
