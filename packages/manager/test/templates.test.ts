// Templates over the API: kept in every version, changed by one person at a time, and what servers are made from.

import { randomUUID } from 'node:crypto';
import { Fault } from '@mainstay/core/fault';
import { resolvedFiles } from '@mainstay/core/file-edit';
import { contract } from '@mainstay/wire/contract';
import type { TemplateBodyInput } from '@mainstay/wire/templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
beforeAll(async () => {
  manager = await ownManager();
});
afterAll(() => manager.end());

const asked = { hint: null, required: true };
const body = (changes: Partial<TemplateBodyInput> = {}): TemplateBodyInput => ({
  name: 'Own',
  variables: [
    { type: 'text', name: 'MOTD', label: 'Message', default: 'hello', maxLength: 20, pattern: '^[a-z]*$', ...asked, required: false },
    { type: 'secret', name: 'PASS', label: 'Password', minLength: 5, ...asked },
  ],
  server: {
    image: 'some/image:1',
    env: { MOTD: '{{MOTD}}', PASS: '{{PASS}}', PORT: '{{server.port.game}}' },
    ports: [
      { name: 'game', role: 'game', protocol: 'tcp+udp', containerPort: 'host' },
      { name: 'web', role: 'web', protocol: 'tcp', containerPort: 80 },
    ],
    volumes: [{ name: 'data', containerPath: '/data' }],
  },
  ...changes,
});

const create = (template = body()) => manager.call(contract.createTemplate, { body: { template } });
const get = (templateId: string, version?: number) =>
  manager.call(contract.getTemplate, { params: { templateId }, query: version ? { version } : {} });
const save = (templateId: string, version: number, template: TemplateBodyInput) =>
  manager.call(contract.saveTemplate, { params: { templateId }, body: { template, version } });
const list = async () => (await manager.call(contract.listTemplates, {})).items;

const newName = () => `server-${randomUUID().slice(0, 8)}`;
async function make(templateId: string, wanted: Record<string, unknown> = {}) {
  const { serverId } = await manager.call(contract.createFromTemplate, {
    params: { templateId },
    body: { name: newName(), agentId: manager.agentId, answers: { PASS: 'hush-hush' }, ...wanted },
  });
  return manager.call(contract.getServer, { params: { serverId } });
}
const errorsOf = (error: unknown) => ((error as Fault).extra['errors'] as { path: string }[]).map(({ path }) => path);

describe('a template of somebody’s own', () => {
  it('is kept in every version, newest first', async () => {
    const first = await create();
    expect(first).toMatchObject({ name: 'Own', builtIn: false, version: 1, newest: 1, savedBy: 'tester' });
    const second = await save(first.id, 1, body({ name: 'Renamed' }));
    expect(second).toMatchObject({ id: first.id, version: 2, newest: 2, versions: [{ version: 2 }, { version: 1 }] });
    expect(await get(first.id)).toMatchObject({ name: 'Renamed', version: 2 });
    expect(await get(first.id, 1)).toMatchObject({ name: 'Own', version: 1, newest: 2 });
    await expect(get(first.id, 3)).rejects.toMatchObject({ code: 'not-found' });
    expect((await list()).find(({ id }) => id === first.id)).toMatchObject({ name: 'Renamed', version: 2, builtIn: false });
  });

  it('is not overwritten by who began from an older version', async () => {
    const { id } = await create();
    await save(id, 1, body({ name: 'One' }));
    await expect(save(id, 1, body({ name: 'Two' }))).rejects.toMatchObject({ code: 'stale-revision' });
    expect(await get(id)).toMatchObject({ name: 'One', version: 2 });
  });

  it('is gone with all its versions once it is removed, and servers made from it stay', async () => {
    const { id } = await create();
    const server = await make(id);
    await manager.call(contract.removeTemplate, { params: { templateId: id } });
    await expect(get(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await manager.call(contract.getServer, { params: { serverId: server.id } })).toMatchObject({
      template: { id, version: 1, name: 'Own' },
    });
  });

  it('is refused with a pattern that could be slow, or is none', async () => {
    const variable = { type: 'text', name: 'X', label: 'X' } as const;
    const slow = await create(body({ variables: [{ ...variable, pattern: '(?=a)' }], server: { image: 'x' } })).catch(
      (error: unknown) => error,
    );
    expect(slow).toMatchObject({ code: 'invalid-request' });
    expect(errorsOf(slow)).toEqual(['/template/variables/0/pattern']);
  });
});

describe('a stored template that today’s rules refuse', () => {
  it('is shown as broken with its text, and takes no other along', async () => {
    const good = await create(body({ name: 'Good' }));
    const { id } = await create();
    await save(id, 1, body({ name: 'Once good' }));
    const stored = JSON.stringify({ name: 'Once good', server: { image: 'x', gone: 1 } });
    await manager.store.db
      .updateTable('template_versions')
      .set({ body_json: stored })
      .where('template_id', '=', id)
      .where('version', '=', 2)
      .execute();
    const items = await list();
    expect(items.find((each) => each.id === good.id)).toMatchObject({ name: 'Good', broken: false });
    expect(items.find((each) => each.id === id)).toMatchObject({
      name: 'Once good',
      broken: true,
      description: expect.stringContaining('/server'),
    });
    const refused = { code: 'template-broken', extra: { text: expect.stringContaining('gone: 1'), name: 'Once good', newest: 2 } };
    await expect(get(id)).rejects.toMatchObject(refused);
    await expect(make(id)).rejects.toMatchObject(refused);
    expect(await get(id, 1)).toMatchObject({ name: 'Own', broken: false });
    expect(await save(id, 2, body({ name: 'Mended' }))).toMatchObject({ name: 'Mended', version: 3, broken: false });
    await manager.store.db.updateTable('template_versions').set({ body_json: '{' }).where('template_id', '=', id).execute();
    await manager.call(contract.removeTemplate, { params: { templateId: id } });
    await expect(get(id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a template that comes with Mainstay', () => {
  it('stands first, the sample before all, and is never changed here', async () => {
    const [first, ...others] = await list();
    expect(first).toMatchObject({ id: 'sample', builtIn: true });
    expect(others.findIndex(({ builtIn }) => !builtIn)).toBe(others.filter(({ builtIn }) => builtIn).length);
    await expect(save('sample', 1, body())).rejects.toMatchObject({ code: 'read-only' });
    await expect(manager.call(contract.removeTemplate, { params: { templateId: 'sample' } })).rejects.toMatchObject({ code: 'read-only' });
    await expect(get('sample', 99)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('can be copied, and the copy is one’s own', async () => {
    const { template } = await get('valheim');
    const copy = await create({ ...template, name: 'My Valheim' });
    expect(copy).toMatchObject({ builtIn: false, version: 1, template: { server: template.server } });
  });
});

describe('a server made from a template', () => {
  it('is what the template and the answers say, and remembers both', async () => {
    const { id } = await create();
    const server = await make(id, { answers: { MOTD: 'welcome', PASS: 'hush-hush' }, ports: { game: 20500 } });
    expect(server).toMatchObject({
      state: 'creating',
      env: { MOTD: 'welcome', PASS: null, PORT: '20500' },
      ports: [
        { name: 'game', protocol: 'tcp', containerPort: 20500, hostPort: 20500 },
        { name: 'game-udp', protocol: 'udp', containerPort: 20500, hostPort: 20500 },
        { name: 'web', containerPort: 80 },
      ],
      template: { id, version: 1, name: 'Own' },
    });
  });

  it('gets a free port of the host where nobody named one, and the program is told of it', async () => {
    const { id } = await create();
    const [one, two] = [await make(id), await make(id)];
    const portOf = ({ ports }: typeof one) => ports.find(({ name }) => name === 'game');
    for (const server of [one, two]) {
      expect(portOf(server)?.containerPort).toBe(portOf(server)?.hostPort);
      expect(server.env['PORT']).toBe(String(portOf(server)?.hostPort));
    }
    expect(portOf(one)?.hostPort).not.toBe(portOf(two)?.hostPort);
  });

  it('gets ports that go together with those that were named, and with those that it has inside', async () => {
    const port = (name: string, containerPort: number | 'host') => ({ name, protocol: 'udp' as const, containerPort });
    const of = (...ports: ReturnType<typeof port>[]) => create(body({ variables: [], server: { image: 'x', ports } }));
    const before = await make((await of(port('any', 1))).id, { answers: {} });
    const lowest = before.ports[0]!.hostPort + 1;
    const { id } = await of(port('game', 'host'), port('query', 'host'), port('web', lowest + 1));
    const { ports } = await make(id, { answers: {}, ports: { query: lowest } });
    expect(new Set(ports.map(({ hostPort }) => hostPort)).size).toBe(3);
    expect(ports.slice(0, 2)).toMatchObject([
      { name: 'game', containerPort: lowest + 2, hostPort: lowest + 2 },
      { name: 'query', containerPort: lowest, hostPort: lowest },
    ]);
    expect(new Set(ports.map(({ containerPort }) => containerPort)).size).toBe(3);
  });

  it('is told its own id, and so are its clone and what is made of it as a template', async () => {
    const server = { image: 'x', env: { ID: 'at {{server.id}}' }, command: ['{{server.id}}'] };
    const { id } = await create(body({ variables: [], server }));
    const made = await make(id, { answers: {} });
    expect(made).toMatchObject({ env: { ID: `at ${made.id}` }, command: [made.id] });
    await manager.store.db.updateTable('servers').set({ state: 'stopped' }).where('id', '=', made.id).execute();
    const { serverId: cloneId } = await manager.call(contract.cloneServer, {
      params: { serverId: made.id },
      body: { name: newName(), data: 'none' },
    });
    const clone = await manager.call(contract.getServer, { params: { serverId: cloneId } });
    expect(clone).toMatchObject({ env: { ID: `at ${cloneId}` }, command: [cloneId] });
    await manager.call(contract.removeTemplate, { params: { templateId: id } });
    const { template } = await manager.call(contract.getServerTemplate, { params: { serverId: made.id } });
    expect(template.server).toMatchObject(server);
  });

  it('can be made from an older version', async () => {
    const { id } = await create();
    await save(id, 1, body({ server: { image: 'some/image:2', env: { PASS: '{{PASS}}' } } }));
    expect(await make(id, { version: 1 })).toMatchObject({ image: 'some/image:1', template: { version: 1 } });
    expect(await make(id)).toMatchObject({ image: 'some/image:2', template: { version: 2 } });
  });

  it('is refused beside the answer that is wrong, and nothing is recorded', async () => {
    const { id } = await create();
    const before = (await manager.call(contract.listServers, {})).items.length;
    const refusal = async (wanted: Record<string, unknown>) => errorsOf(await make(id, wanted).catch((error: unknown) => error));
    expect(await refusal({ answers: {} })).toEqual(['/answers/PASS']);
    expect(await refusal({ answers: { PASS: 'x', MOTD: 'UPPER', MORE: 1 } })).toEqual(['/answers/MORE', '/answers/MOTD', '/answers/PASS']);
    expect(await refusal({ ports: { other: 1 } })).toEqual(['/ports/other']);
    expect((await manager.call(contract.listServers, {})).items.length).toBe(before);
  });

  it('that its image makes none is refused in words', async () => {
    const { id } = await create(body({ server: { image: 'x:{{MOTD}}', env: { PASS: '{{PASS}}' } } }));
    await expect(make(id, { answers: { PASS: 'hush-hush', MOTD: '' } })).resolves.toMatchObject({ image: 'x:hello' });
    const { id: other } = await create(body({ variables: [{ type: 'text', name: 'TAG', label: 'Tag' }], server: { image: 'x:{{TAG}}' } }));
    await expect(make(other, { answers: { TAG: 'no tag' } })).rejects.toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining('/image'),
    });
  });

  it('is asked for once by one key', async () => {
    const { id } = await create();
    const request = { params: { templateId: id }, body: { name: newName(), agentId: manager.agentId, answers: { PASS: 'hush-hush' } } };
    const [one, two] = [
      await manager.call(contract.createFromTemplate, request, { idempotencyKey: 'once' }),
      await manager.call(contract.createFromTemplate, request, { idempotencyKey: 'once' }),
    ];
    expect(two.id).toBe(one.id);
  });
});

describe('a server as a template', () => {
  it('has everything but its name, its host ports and its secrets', async () => {
    const { id } = await create();
    const server = await make(id, { answers: { PASS: 'hush-hush', MOTD: 'welcome' }, ports: { game: 20600, web: 20601 } });
    const { template, yaml } = await manager.call(contract.getServerTemplate, { params: { serverId: server.id } });
    expect(template).toMatchObject({
      name: server.name,
      variables: [{ type: 'secret', name: 'PASS', required: true }],
      server: {
        image: 'some/image:1',
        env: { MOTD: 'welcome', PASS: '{{PASS}}', PORT: '{{server.port.game}}' },
        ports: [
          { name: 'game', role: 'game', protocol: 'tcp+udp', containerPort: 'host' },
          { name: 'web', role: 'web', protocol: 'tcp', containerPort: 80 },
        ],
        volumes: server.volumes,
      },
    });
    expect(yaml).not.toContain('hush');
    const again = await manager.call(contract.createTemplate, { body: { template } });
    const another = await make(again.id, { answers: { PASS: 'another-one' }, ports: { game: 20602 } });
    expect(another).toMatchObject({ env: { MOTD: 'welcome', PASS: null, PORT: '20602' } });
  });

  it('is made from its template’s own words where they still hold, and without it from what the record says', async () => {
    const template = body({
      variables: [],
      server: {
        image: 'x',
        env: { ARGS: '--as {{server.name}} --at {{server.port.main}}', OTHER: 'before' },
        ports: [{ name: 'main', role: 'game', protocol: 'udp', containerPort: 'host' }],
        query: { kind: 'a2s', port: 'main' },
      },
    });
    const { id } = await create(template);
    const server = await make(id, { answers: {}, ports: { main: 20700 } });
    const saved = async () => (await manager.call(contract.getServerTemplate, { params: { serverId: server.id } })).template.server;
    expect(await saved()).toMatchObject(template.server);
    await manager.call(contract.removeTemplate, { params: { templateId: id } });
    expect(await saved()).toMatchObject({
      env: { ARGS: `--as ${server.name} --at 20700`, OTHER: 'before' },
      ports: [{ name: 'main', role: 'other', containerPort: 20700 }],
      query: null,
    });
  });

  it('is made of whatever a record may hold', async () => {
    const long = 'P'.repeat(120);
    const find = { a: '{{PLAYER}} joined {{server.name}}', b: { '{{OLD}}': '{{server.port.none}}' }, c: '{{env.A.B}}' };
    const request = {
      name: newName(),
      agentId: manager.agentId,
      image: 'x',
      env: {
        'A.B': { secret: 'one' },
        A_B: { secret: 'two' },
        [`${long}.1`]: { secret: 'three' },
        [`${long}.2`]: { secret: 'four' },
        TEXT: `{{X}}${'x'.repeat(5000)}`,
      },
      ports: Array.from({ length: 40 }, (_, at) => ({
        name: `${'p'.repeat(29)}-${at}`,
        protocol: 'tcp' as const,
        containerPort: 7000 + at,
      })),
      volumes: [{ name: 'data', containerPath: '/data' }],
      files: [{ volume: 'data', path: 'a.ini', parser: 'ini' as const, find }],
    };
    const { serverId } = await manager.call(contract.createServer, { body: request });
    const { template } = await manager.call(contract.getServerTemplate, { params: { serverId } });
    expect(template.variables.slice(0, 2).map(({ name }) => name)).toEqual(['A_B', 'A_B_2']);
    const { id } = await create(template);
    const answers = Object.fromEntries(template.variables.map(({ name }) => [name, 'hush-hush']));
    const again = await make(id, { answers });
    expect(again).toMatchObject({ env: { 'A.B': null, A_B: null, TEXT: request.env.TEXT }, ports: { length: 40 } });
    expect(resolvedFiles(again.files, again, { 'A.B': 'one' })[0]?.find).toEqual({
      ...find,
      a: `{{PLAYER}} joined ${again.name}`,
      c: 'one',
    });
  });

  it('takes what only looks like a placeholder as it is', async () => {
    const created = await manager.call(contract.createServer, {
      body: { name: newName(), agentId: manager.agentId, image: 'x', env: { 'A.B': 'as {{IT}} is' }, command: ['{{NOT}}'] },
    });
    const { template } = await manager.call(contract.getServerTemplate, { params: { serverId: created.serverId } });
    const { id } = await manager.call(contract.createTemplate, { body: { template } });
    expect(await make(id, { answers: {} })).toMatchObject({ env: { 'A.B': 'as {{IT}} is' }, command: ['{{NOT}}'] });
  });
});

describe('what is published', () => {
  it('has a JSON Schema that needs no sign-in, and tells of every field', async () => {
    const response = await fetch(`${manager.url}/api/template-schema.json`);
    expect(response.status).toBe(200);
    const schema = (await response.json()) as { properties: object };
    expect(Object.keys(schema.properties)).toEqual(['format', 'version', 'name', 'description', 'experimental', 'variables', 'server']);
  });

  it('tells open pages of what was saved and removed', async () => {
    const { id } = await create();
    await save(id, 1, body({ name: 'Next' }));
    await manager.call(contract.removeTemplate, { params: { templateId: id } });
    const rows = await manager.store.db.selectFrom('events').selectAll().execute();
    const told = rows.map((row) => JSON.parse(row.happening_json)).filter((happening) => happening.templateId === id);
    expect(told).toEqual([
      { kind: 'template-saved', templateId: id, name: 'Own', version: 1 },
      { kind: 'template-saved', templateId: id, name: 'Next', version: 2 },
      { kind: 'template-removed', templateId: id, name: 'Next' },
    ]);
  });
});

it('a fault tells where in the text it is', async () => {
  const refused = await manager
    .call(contract.readTemplate, { body: { text: 'name: x\nserver:\n  imge: x\n' } })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Fault);
  expect((refused as Fault).extra['errors']).toContainEqual({
    path: '/server/imge',
    message: 'There is no field “imge” here.',
    line: 3,
    column: 3,
  });
});
