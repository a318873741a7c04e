// The checker itself: on a Mainstay that is well it finds nothing, and each violation that is planted is seen and named.

import { DatabaseSync } from 'node:sqlite';
import { labels } from '@mainstay/core/bodies';
import type { Host } from '@mainstay/sim/host';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleServer } from '../e2e/harness/sample.ts';
import { type InvariantName, invariants, Promised, untilAllHold, Violated, violations } from './invariants.ts';
import { type MadeUp, openMadeUp } from './made-up.ts';

let ground: MadeUp;
let host: Host;
let server: Server;
let promised: Promised;
beforeEach(async () => {
  ground = await openMadeUp();
  host = await ground.addHost('attic');
  server = await ground.caller.createAs(await sampleServer());
  promised = new Promised();
  promised.keep(server, (await ground.fingerprint(server))!);
  const change = { params: { serverId: server.id }, body: { env: { ...server.env, MOTD: 'changed' } } };
  promised.revise(await ground.caller.call(contract.configureServer, change));
  promised.acknowledge(await ground.caller.carryOut('restart', server));
});
afterEach(() => ground.close());

/** Somebody writes into the database, past everything that would keep them from it. */
function tamper(...statements: string[]): void {
  const database = new DatabaseSync(ground.database);
  database.exec(['pragma foreign_keys = off', ...statements].join(';'));
  database.close();
}

/** The table without what keeps its rows apart. */
const unguarded = (table: string) => [
  `create table bare as select * from ${table}`,
  `drop table ${table}`,
  `alter table bare rename to ${table}`,
];

const planted: Record<InvariantName, [string, () => unknown][]> = {
  'every acknowledged request is in the store': [
    ['an operation was forgotten', () => tamper('delete from operations')],
    ['a server was forgotten', () => tamper('delete from servers')],
    ['a change of a record was forgotten', () => tamper('update servers set revision = 1')],
  ],
  'no (host, protocol, port) twice': [
    ['a port is held twice', () => tamper(...unguarded('port_allocations'), 'insert into port_allocations select * from port_allocations')],
  ],
  'at most one container a server carries its identity, the recorded one': [
    ['a second container', () => host.outside.copy(server.name, 'twin')],
    ['another container than the recorded one', () => tamper("update servers set container_id = 'another'")],
    [
      'a container of a server that nobody knows',
      () => {
        const { spec } = host.outside.inspect(server.name);
        host.machine.engine.create('ghost', { [labels.server]: 'e2c7b1c0-8d0c-4b0e-9d55-0d8f6f1f6a11' }, { ...spec, ports: [] });
      },
    ],
  ],
  'data of a server not purged with it is there, byte for byte': [
    ['its data is gone', () => host.outside.loseData(server.id)],
    ['it was emptied', () => host.outside.emptyData(server.id)],
  ],
  'no state claims what the engine does not show': [
    ['a stopped one is called running', () => host.outside.stop(server.name)],
    ['one that is gone is called running', () => host.outside.remove(server.name)],
  ],
  'every operation ended or is going on': [
    [
      'one is open on a server that is gone',
      () => tamper("update operations set ended_at = null, state = 'running' where kind = 'restart'", 'delete from servers'),
    ],
    ['two are open on one server', () => tamper(...unguarded('operations'), "update operations set ended_at = null, state = 'running'")],
    ['one has no end', () => tamper("update operations set ended_at = null where kind = 'restart'")],
  ],
  'nothing is left to do': [
    ['one is open', () => tamper("update operations set ended_at = null, state = 'waiting' where kind = 'restart'")],
  ],
  'the database is sound': [['a row points nowhere', () => tamper("update port_allocations set server_id = 'nobody'")]],
  'the history of each server is a path in the lifecycle': [
    ['a state that no event led to', () => tamper("update servers set state = 'missing'")],
    [
      'an event that leads on from nothing',
      () => tamper(event({ kind: 'server-state', from: 'stopped', to: 'running', reason: { code: 'started-outside' } })),
    ],
    ['an operation that the table does not allow', () => tamper(event({ kind: 'operation-requested', operation: 'restore' }))],
    [
      'a move that no table knows',
      () =>
        tamper(
          event({ kind: 'server-state', from: 'running', to: 'deleted', reason: { code: 'removed-outside' } }),
          "update servers set state = 'deleted'",
        ),
    ],
    [
      'the end of an operation that never began',
      () => tamper(event({ kind: 'operation-ended', operation: 'stop', outcome: 'succeeded', detail: null })),
    ],
    ['a purge that nobody asked for', () => tamper(event({ kind: 'server-purged', dataRemoved: true }), 'delete from servers')],
  ],
  'list, details, event stream and page say the same': [
    // What the manager sends is read from the store each time, so only what it is not told of can differ.
    ['the page shows another state', () => Object.assign(ground, { shownOnPage: async () => new Map([[server.name, 'stopped']]) })],
    ['the page lacks a server', () => Object.assign(ground, { shownOnPage: async () => new Map() })],
    ['the list tells what the record does not', () => lie((seen) => (seen.id === server.id ? { ...seen, state: 'missing' } : seen))],
    ['the list has what no record has', () => lie((seen) => ({ ...seen, id: 'e2c7b1c0-8d0c-4b0e-9d55-0d8f6f1f6a11' as Server['id'] }))],
    ['the event stream is behind', () => Object.assign(ground.caller, { changes: stale(ground.caller.changes) })],
  ],
};

function event(happening: object): string {
  const values = [`'${server.id}'`, `'${JSON.stringify({ by: 'observation', sequence: 1 })}'`, `'${JSON.stringify(happening)}'`];
  return `insert into events (at, server_id, cause_json, happening_json) values (1, ${values.join(', ')})`;
}

/** The list says something else than the record. */
function lie(of: (seen: Server) => Server): void {
  const { call } = ground.caller;
  Object.assign(ground.caller, {
    call: async (route: { path: string }, ...rest: []) => {
      const answer = await (call as (...args: unknown[]) => Promise<{ items: Server[] }>)(route, ...rest);
      return route.path === '/api/servers' ? { ...answer, items: answer.items.map(of) } : answer;
    },
  });
}

/** The event stream tells of servers as they no longer are. */
const stale =
  (changes: MadeUp['caller']['changes']): MadeUp['caller']['changes'] =>
  async (after) => {
    const stream = await changes(after);
    return {
      ...stream,
      get seen() {
        return stream.seen.map((change) => ({ ...change, server: change.server && { ...change.server, state: 'missing' as const } }));
      },
    };
  };

describe('the checker', () => {
  test('finds nothing where all is well', async () => {
    await untilAllHold(ground, promised);
  });

  test('has a planted violation for each of its invariants', () => {
    expect(Object.keys(planted)).toEqual(Object.keys(invariants));
  });

  const cases = Object.entries(planted).flatMap(([invariant, plants]) => plants.map(([what, plant]) => ({ invariant, what, plant })));
  test.for(cases)('names it when it is not so that $invariant: $what', async ({ invariant, plant }) => {
    // Nothing is noticed and mended meanwhile.
    await host.stop();
    await plant();
    const found = await violations(ground, promised);
    expect(found.map((violation) => violation.invariant)).toContain(invariant);
  });

  test('waits for what is still to be settled, and for nothing that must hold at every moment', async () => {
    host.outside.stop(server.name);
    await untilAllHold(ground, promised);
    tamper('delete from operations');
    await expect(untilAllHold(ground, promised)).rejects.toThrow(Violated);
  });
});
