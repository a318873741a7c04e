// Forms: what is sent, and where each fault stands.

import { Fault } from '@mainstay/core/fault';
import { describe, expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { changedFields, checkChanges, checkNew, type Draft, draftOf, errorsOfFault, rowKey, sampleDraft } from './draft.ts';

const named: Draft = { ...sampleDraft(), name: 'lobby' };
const errorsOf = (draft: Draft) => {
  const checked = checkNew(draft);
  return checked.kind === 'wrong' ? Object.fromEntries(checked.errors) : {};
};

describe('a new server', () => {
  it('is the sample, but for its name', () => {
    expect(Object.keys(errorsOf(sampleDraft()))).toEqual(['/name']);
    expect(checkNew(named)).toMatchObject({
      kind: 'right',
      body: {
        name: 'lobby',
        image: 'mainstay/sample-server:1',
        ports: [{ name: 'lobby', protocol: 'tcp', containerPort: 7777 }],
        volumes: [{ name: 'world', containerPath: '/data' }],
        start: true,
      },
    });
  });

  it('leaves a blank host port to the manager', () => {
    const checked = checkNew(named);
    expect(checked.kind === 'right' && checked.body.ports?.[0]).not.toHaveProperty('hostPort');
  });

  it('has each fault beside its field', () => {
    const wrong: Draft = {
      ...named,
      name: 'Bad Name',
      ports: [{ key: rowKey(), name: 'game', protocol: 'tcp', containerPort: 'seventy', hostPort: '99999' }],
      volumes: [{ key: rowKey(), name: 'world', containerPath: 'data' }],
      memoryMb: 'lots',
      cpus: '0',
    };
    expect(Object.keys(errorsOf(wrong)).sort()).toEqual([
      '/limits/cpus',
      '/limits/memoryMb',
      '/name',
      '/ports/0/containerPort',
      '/ports/0/hostPort',
      '/volumes/0/containerPath',
    ]);
    expect(errorsOf(wrong)['/limits/memoryMb']).toBe('Whole MiB.');
    expect(errorsOf(wrong)['/limits/cpus']).toBe('At least 0.01 of a core.');
  });

  it('tells of a variable that is misnamed, or there twice; an empty row is none', () => {
    const row = (name: string, value = '') => ({ key: rowKey(), name, value, secret: false, kept: false });
    expect(errorsOf({ ...named, env: [row('1BAD'), row('A'), row('A'), row('')] })).toEqual({
      '/env/1BAD': 'Not the name of an environment variable.',
      '/env/A': 'It is listed twice.',
    });
  });
});

describe('changed settings', () => {
  const server = sampleServer({ env: { MOTD: 'hi' } });

  it('of an untouched form are none', () => {
    expect(changedFields(draftOf(server), server)).toEqual([]);
  });

  it('send what changed and the revision it was read at', () => {
    const draft = { ...draftOf(server), image: 'mainstay/sample-server:2', graceSeconds: '60' };
    expect(checkChanges(draft, server)).toEqual({
      kind: 'right',
      body: { image: 'mainstay/sample-server:2', stop: { signal: null, graceSeconds: 60 }, revision: 1 },
    });
  });
});

describe('a secret', () => {
  const server = sampleServer({ env: { MOTD: 'hi', RCON_PASSWORD: null } });
  const secretOf = (draft: Draft) => draft.env.find(({ name }) => name === 'RCON_PASSWORD')!;
  const withSecret = (value: string) => {
    const draft = draftOf(server);
    return { ...draft, env: draft.env.map((row) => (row.secret ? { ...row, value, kept: false } : row)) };
  };

  it('is not known here, and stays as it is when nothing is typed', () => {
    expect(secretOf(draftOf(server))).toMatchObject({ value: '', secret: true, kept: true });
    expect(changedFields(draftOf(server), server)).toEqual([]);
    const other = { ...draftOf(server), env: draftOf(server).env.map((row) => (row.name === 'MOTD' ? { ...row, value: 'ho' } : row)) };
    expect(checkChanges(other, server)).toMatchObject({ kind: 'right', body: { env: { MOTD: 'ho', RCON_PASSWORD: null } } });
  });

  it('is sent as one when it is typed anew, and never empty', () => {
    expect(checkChanges(withSecret('x'), server)).toMatchObject({ kind: 'right', body: { env: { RCON_PASSWORD: { secret: 'x' } } } });
    const empty = checkChanges(withSecret(''), server);
    expect(empty.kind === 'wrong' && Object.fromEntries(empty.errors)).toEqual({
      '/env/RCON_PASSWORD': 'A secret is at least one character.',
    });
  });
});

describe('a refusal of the manager', () => {
  it('stands beside the fields it names', () => {
    const fault = new Fault('invalid-request', 'body/name: no', { extra: { errors: [{ path: '/name', message: 'no' }] } });
    expect([...errorsOfFault(fault, named)]).toEqual([['/name', 'no']]);
  });

  it('of a taken port stands beside the row that asked for it', () => {
    const draft = {
      ...named,
      ports: [{ key: rowKey(), name: 'lobby', protocol: 'tcp' as const, containerPort: '7777', hostPort: '25565' }],
    };
    const fault = new Fault('port-taken', 'It is another’s.', { extra: { port: 25565, protocol: 'tcp', holder: id(2) } });
    expect([...errorsOfFault(fault, draft)]).toEqual([['/ports/0/hostPort', 'It is another’s.']]);
  });
});
