// The templates that come with Mainstay: each fits its schema, says its own version, and makes a server of answers that a
// person would give.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, TemplateVariable } from '@mainstay/core/answers';
import { instantiate } from '@mainstay/core/instantiate';
import { createServer } from '@mainstay/wire/servers';
import { describe, expect, it } from 'vitest';
import { readBuiltIn } from '../src/built-ins.ts';
import { matches, readTemplateText, yamlOf } from '../src/template-text.ts';
import { templatesDirectory } from './harness.ts';

const ids = readdirSync(templatesDirectory)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));
const read = (id: string) => readBuiltIn(id, readFileSync(join(templatesDirectory, `${id}.yaml`), 'utf8'));

/** What somebody would type where an answer is asked for. */
function typed(variable: TemplateVariable): Answer {
  switch (variable.type) {
    case 'text':
      return 'my-server';
    case 'secret':
      return 'a-long-password';
    case 'number':
      return variable.min ?? 1;
    case 'boolean':
      return true;
    case 'choice':
      return variable.options[0]?.value ?? '';
  }
}

describe.each(ids)('%s', (id) => {
  const { template, version } = read(id);
  const needed = template.variables.filter((variable) => variable.required && (variable.type === 'secret' || variable.default === null));
  const answers = Object.fromEntries(needed.map((variable) => [variable.name, typed(variable)]));

  it('fits the schema, and has a version of its own', () => {
    expect(version).toBeGreaterThan(0);
    expect(template.name.length).toBeGreaterThan(2);
    expect(template.description).toMatch(/\.$/);
  });

  it('makes a server of what it asks for, and of nothing less', () => {
    const made = instantiate(template, { id: 'x', name: 'my-server', answers, ports: {} }, matches);
    expect(made).toMatchObject({ kind: 'right' });
    expect(createServer.safeParse(made.kind === 'right' ? made.server : null).error?.issues ?? []).toEqual([]);
    for (const { name } of needed) {
      const without = instantiate(template, { id: 'x', name: 'my-server', answers: { ...answers, [name]: null }, ports: {} }, matches);
      expect(without).toMatchObject({ kind: 'wrong', faults: [{ path: ['answers', name] }] });
    }
  });

  it('keeps its data in volumes, and is the same when it was exported and read again', () => {
    expect(template.server.volumes.length).toBeGreaterThan(0);
    expect(readTemplateText(yamlOf(template)).template).toEqual(template);
  });
});

describe('all of them', () => {
  const all = ids.map(read);

  it('are at least twelve that hold what they say, and the sample', () => {
    const evidenced = all.filter(({ id, template }) => id !== 'sample' && !template.experimental);
    expect(evidenced.length).toBeGreaterThanOrEqual(12);
    expect(all.find(({ id }) => id === 'sample')?.template.server.image).toBe('mainstay/sample-server:1');
  });

  it('have names of their own', () => {
    expect(new Set(all.map(({ template }) => template.name)).size).toBe(all.length);
  });

  // What each image's own description says of its end; null: its own signal is the one to send.
  it.each([
    ['7-days-to-die', null, 60],
    ['cs2', null, 30],
    ['enshrouded', null, 90],
    ['factorio', null, 60],
    ['luanti', null, 30],
    ['minecraft-bedrock', null, 60],
    ['minecraft-java', null, 61],
    ['palworld', null, 30],
    ['project-zomboid', null, 60],
    ['rust', null, 60],
    ['sample', null, 10],
    ['satisfactory', 'SIGINT', 60],
    ['terraria', null, 30],
    ['v-rising', null, 60],
    ['valheim', null, 120],
  ] as const)('%s is stopped as its image asks, and has the time that it needs', (id, signal, least) => {
    const stop = all.find((each) => each.id === id)?.template.server.stop;
    expect(stop?.signal).toBe(signal);
    expect(stop?.graceSeconds).toBeGreaterThanOrEqual(least);
  });

  it('are all in that list', () => {
    expect(all.filter(({ id }) => id !== 'sample')).toHaveLength(14);
  });

  it('that save over RCON have it, with a password of their own', () => {
    const { server, variables } = read('palworld').template;
    expect(server.env).toMatchObject({ RCON_ENABLED: 'true', ADMIN_PASSWORD: '{{ADMIN_PASSWORD}}' });
    expect(server.console).toMatchObject({ via: 'rcon', containerPort: 25575, passwordEnv: 'ADMIN_PASSWORD' });
    expect(variables).toContainEqual(expect.objectContaining({ name: 'ADMIN_PASSWORD', type: 'secret', required: true }));
  });
});

it('one without its version, or that is no template, is refused with its place', () => {
  expect(() => readBuiltIn('x', 'name: x\n')).toThrow('version: 1');
  expect(() => readBuiltIn('some-game', 'version: 1\nname: x\nserver:\n  image: x\n  surprise: 1\n')).toThrow('line 5, column 3');
});
