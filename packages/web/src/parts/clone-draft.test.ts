// The form of a clone: what it begins with, and the request that it becomes.

import { describe, expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { beginClone, checkClone, secretsOf } from './clone-draft.ts';

const server = sampleServer({ env: { MOTD: 'hi', RCON_PASSWORD: null } });
const begun = beginClone(server, id(100));

describe('a clone', () => {
  it('begins with the data, on the ports that are free, and without a name', () => {
    expect(begun).toMatchObject({ name: '', data: 'copy', source: 'stop', newSecrets: [], start: true });
    expect(begun.ports.map(({ hostPort }) => hostPort)).toEqual(['']);
    expect(checkClone(begun)).toMatchObject({ kind: 'wrong', errors: new Map([['/name', expect.any(String)]]) });
  });

  it('of a server whose data is gone begins with its settings only', () => {
    expect(beginClone(sampleServer({ dataExists: 'no' }), id(100)).data).toBe('none');
  });

  it('becomes a request as it was typed', () => {
    const [port] = begun.ports;
    const typed = { ...begun, name: ' attic ', ports: [{ ...port!, hostPort: '25565' }], newSecrets: ['RCON_PASSWORD'] };
    const { name, protocol } = port!;
    expect(checkClone(typed)).toEqual({
      kind: 'right',
      body: {
        name: 'attic',
        agentId: id(100),
        data: 'copy',
        source: 'stop',
        ports: [{ name, protocol, containerPort: Number(port!.containerPort), hostPort: 25565 }],
        newSecrets: ['RCON_PASSWORD'],
        start: true,
      },
    });
  });

  it('knows the names of the secrets, and nothing else of them', () => {
    expect(secretsOf(server)).toEqual(['RCON_PASSWORD']);
  });
});
