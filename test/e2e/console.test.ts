// The console: what a server prints comes as it is printed, what is typed reaches its standard input, and both go on
// with the next container.

import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import { openConsole } from './harness/console.ts';
import type { Installation } from './harness/installation.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const type = (mainstay: Installation, server: Server, line: string) =>
  mainstay.call(contract.sendConsole, { params: { serverId: server.id }, body: { line } });

describe('the console', () => {
  test('begins with the last lines and goes on with each as it is printed', async ({ mainstay }) => {
    const server = await mainstay.create();
    const view = await openConsole(mainstay, server);
    await view.shows('[ready] lobby open');
    expect(view.seen[0]).toEqual({ kind: 'begin', containerId: server.containerId });
    await type(mainstay, server, 'say good evening');
    await view.shows('good evening');
    await view.close();
  });

  test('says that the server stopped, and follows it when it runs again', async ({ mainstay }) => {
    const server = await mainstay.create();
    const view = await openConsole(mainstay, server);
    await view.shows('[ready]');
    await mainstay.carryOut('stop', server);
    await until(
      'the end told',
      async () => view.seen,
      (seen) => seen.some((message) => message.kind === 'end'),
    );
    await mainstay.carryOut('start', server);
    await until(
      'a second beginning',
      async () => view.seen,
      (seen) => seen.filter((message) => message.kind === 'begin').length === 2,
    );
    await view.shows('boot 2');
    await view.close();
  });

  test('takes no line for a server that does not run, and says what to do', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    const refused = await type(mainstay, server, 'list').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Fault);
    expect(refused).toMatchObject({ code: 'container-gone', detail: expect.stringContaining('Start it first') });
  });

  test('takes no control characters', async ({ mainstay }) => {
    const server = await mainstay.create();
    await expect(type(mainstay, server, 'say a\nstop')).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
  });
});

describe('a console over RCON', () => {
  const rcon = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: null } as const;

  /** What the program answers, once it listens. */
  const firstAnswer = async (mainstay: Installation, server: Server, line: string): Promise<string | null> => {
    const told = await until(
      'RCON open',
      () => type(mainstay, server, line).catch(() => null),
      (answer) => answer !== null,
    );
    return told?.answer ?? null;
  };

  test('answers what the program says, though its port is published nowhere and its password is a secret', async ({ mainstay }) => {
    const server = await mainstay.create({ console: rcon, ports: [], env: { RCON_PASSWORD: { secret: 'hush' } } });
    expect(await firstAnswer(mainstay, server, 'list')).toMatch(/^0 of 16 players:/);
  });

  test('says what is wrong: a password that is not its own, a port where nothing listens, a server that takes none', async ({
    mainstay,
  }) => {
    const server = await mainstay.create({ console: rcon, env: { WRONG: 'not it' } });
    await firstAnswer(mainstay, server, 'list');
    const refusal = async (console: Server['console']) => {
      await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { console } });
      const refused = await type(mainstay, server, 'list').catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'console-unavailable' });
      return (refused as Fault).detail;
    };
    expect(await refusal({ ...rcon, passwordEnv: 'WRONG' })).toContain('refused its RCON password');
    expect(await refusal({ ...rcon, passwordEnv: 'ABSENT' })).toContain('has no ABSENT');
    expect(await refusal({ ...rcon, containerPort: 27999 })).toContain('Nothing answers');
    expect(await refusal({ via: 'none' })).toContain('takes no commands');
  });
});
