// A change of the stream, put into what the page holds.

import { describe, expect, it } from 'vitest';
import { patchAgents, patchEvents, patchOperations, patchServer, patchServers } from './patch.ts';
import { id, moment, sampleAgent, sampleEvent, sampleOperation, sampleServer } from './testing/samples.ts';

const lobby = sampleServer();
const other = sampleServer({ id: id(2), name: 'other', agentId: id(101) });

describe('a server’s snapshot', () => {
  it('takes the server’s place and leaves the others as they are', () => {
    const missing = sampleServer({ state: 'missing' });
    const [first, second] = patchServers([lobby, other], { event: sampleEvent(), server: missing });
    expect(first).toBe(missing);
    expect(second).toBe(other);
  });

  it('is added when it is new', () => {
    expect(patchServers([other], { event: null, server: lobby })).toEqual([other, lobby]);
  });

  it('null beside its id takes it out', () => {
    expect(patchServers([lobby, other], { event: sampleEvent(), server: null })).toEqual([other]);
    expect(patchServer(lobby, { event: sampleEvent(), server: null })).toBeNull();
  });
});

describe('an operation', () => {
  it('shows on its server while it is open', () => {
    const operation = sampleOperation();
    expect(patchServer(lobby, { event: null, operation })?.operation).toBe(operation);
    expect(patchServer(other, { event: null, operation })).toBe(other);
  });

  it('is gone from it when it ended, unless another has begun', () => {
    const ended = sampleOperation({ state: 'succeeded', endedAt: moment });
    const busy = sampleServer({ operation: sampleOperation() });
    const busyWithNext = sampleServer({ operation: sampleOperation({ id: id(201) }) });
    expect(patchServer(busy, { event: null, operation: ended })?.operation).toBeNull();
    expect(patchServer(busyWithNext, { event: null, operation: ended })?.operation?.id).toBe(id(201));
  });

  it('gives way to the snapshot that comes with it', () => {
    const settled = sampleServer({ state: 'stopped' });
    const change = { event: null, server: settled, operation: sampleOperation() };
    expect(patchServers([lobby], change)[0]).toBe(settled);
  });

  it('stands first in its server’s list, or where it stood', () => {
    const older = sampleOperation({ id: id(199), state: 'failed', endedAt: moment });
    const begun = sampleOperation();
    const done = sampleOperation({ state: 'succeeded', endedAt: moment });
    const list = patchOperations([older], id(1), { event: null, operation: begun });
    expect(list).toEqual([begun, older]);
    expect(patchOperations(list, id(1), { event: null, operation: done })).toEqual([done, older]);
  });
});

describe('a host that is no longer heard', () => {
  const away = sampleAgent({ online: false, lastHeardAt: moment - 1000 });

  it('is so on all of its servers, and on no other’s', () => {
    const patched = patchServers([lobby, other], { event: null, agent: away });
    expect(patched[0]?.host).toEqual({ name: 'basement', online: false, lastHeardAt: moment - 1000, engine: 'ok' });
    expect(patched[1]).toBe(other);
  });

  it('changes nothing when it says nothing new', () => {
    const list = [lobby, other];
    expect(patchServers(list, { event: null, agent: sampleAgent() })).toBe(list);
  });

  it('goes from the list when it was removed', () => {
    const removed = sampleEvent({ serverId: null, serverName: null });
    expect(patchAgents([sampleAgent()], { event: removed, agent: null })).toEqual([]);
  });
});

describe('history', () => {
  it('has what happened now first, and nothing twice', () => {
    const first = sampleEvent();
    const second = sampleEvent({ id: 2 });
    const events = patchEvents([first], id(1), { event: second });
    expect(events).toEqual([second, first]);
    expect(patchEvents(events, id(1), { event: second })).toBe(events);
    expect(patchEvents(events, id(9), { event: sampleEvent({ id: 3 }) })).toBe(events);
  });
});

describe('a host’s samples', () => {
  const usage = { at: moment, cores: 0.4, memoryBytes: 1, receivedPerSecond: null, sentPerSecond: null };

  it('reach their servers and leave the others as they are', () => {
    const change = { event: null, usage: [{ serverId: lobby.id, usage }] };
    const [first, second] = patchServers([lobby, other], change);
    expect(first?.usage).toBe(usage);
    expect(second).toBe(other);
    expect(patchServer(lobby, change)?.usage).toBe(usage);
  });
});
