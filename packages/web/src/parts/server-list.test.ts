// The list: its filter, its order, its counts.

import { expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { countStates, groupByHost } from './server-list.ts';

const attic = { name: 'attic', online: true, lastHeardAt: 1, engine: 'ok' };
const servers = [
  sampleServer({ id: id(1), name: 'world-10' }),
  sampleServer({ id: id(2), name: 'world-2', state: 'missing' }),
  sampleServer({ id: id(3), name: 'aged', state: 'deleted' }),
  sampleServer({ id: id(4), name: 'terraria', agentId: id(101), host: attic, image: 'ryshe/terraria' }),
];
const shown = (filter: Parameters<typeof groupByHost>[1]) =>
  groupByHost(servers, filter).map(({ hostName, servers: members }) => `${hostName}: ${members.map(({ name }) => name).join(' ')}`);

it('groups by host, orders by name as people count, and hides what is deleted', () => {
  expect(shown({})).toEqual(['attic: terraria', 'basement: world-2 world-10']);
});

it('shows deleted ones last when asked', () => {
  expect(shown({ deleted: true })).toEqual(['attic: terraria', 'basement: world-2 world-10 aged']);
  expect(shown({ state: 'deleted' })).toEqual(['basement: aged']);
});

it('finds by name or image, whatever the case', () => {
  expect(shown({ q: 'RYSHE' })).toEqual(['attic: terraria']);
  expect(shown({ q: 'nothing' })).toEqual([]);
});

it('counts what the search and the host leave, whatever state is chosen', () => {
  expect(countStates(servers, { state: 'missing' })).toMatchObject({ running: 2, missing: 1, deleted: 1 });
  expect(countStates(servers, { agentId: id(101) })).toMatchObject({ running: 1, missing: 0, deleted: 0 });
});
