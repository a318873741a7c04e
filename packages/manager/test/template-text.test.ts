// Templates and eggs as text: whatever comes in, either it is understood, or each fault is told with its line and column.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { variableTypes } from '@mainstay/core/answers';
import { Fault } from '@mainstay/core/fault';
import { instantiate } from '@mainstay/core/instantiate';
import { fileParsers } from '@mainstay/core/server';
import { portRoles, templateProtocols } from '@mainstay/core/template';
import { createServer } from '@mainstay/wire/servers';
import { describe, expect, it } from 'vitest';
import { matches, readTemplateText, yamlOf } from '../src/template-text.ts';

interface TextError {
  readonly path: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Where a text is wrong: `line:column path`. */
function places(text: string): string[] {
  try {
    readTemplateText(text);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    expect(error).toMatchObject({ code: 'invalid-request' });
    const { errors } = (error as Fault).extra as { errors: TextError[] };
    for (const { message } of errors) expect(message.length).toBeGreaterThan(3);
    return errors.map(({ line, column, path }) => `${line}:${column} ${path}`);
  }
}

const small = `name: Small
variables:
  - type: text
    name: MOTD
    label: Message
server:
  image: some/image
  env:
    MOTD: '{{MOTD}}'
`;

describe('a template’s text', () => {
  it('is read, and written again as short as it can be', () => {
    const { format, template, yaml, notes } = readTemplateText(small);
    expect({ format, notes }).toEqual({ format: 'mainstay', notes: [] });
    expect(template).toMatchObject({ name: 'Small', server: { image: 'some/image', restart: 'unless-stopped', ports: [] } });
    expect(yaml).toBe(`format: mainstay-template/1\n${small}`);
    expect(readTemplateText(JSON.stringify(template)).template).toEqual(template);
  });

  it.each([
    ['no YAML', 'name: [', ['1:8 /text']],
    ['a tab where none may be', 'name: x\nserver:\n\timage: x\n', ['3:1 /text']],
    ['a key twice', 'name: x\nname: y\nserver: {image: x}\n', ['2:1 /text']],
    ['two documents', `${small}---\n${small}`, ['10:1 /text']],
    ['nothing', '# only a remark', ['1:1 /text']],
    ['a list', '- a', ['1:1 /text']],
    ['something else', '{"hello":"world"}', ['1:1 /text']],
    ['an unknown field', small.replace('image:', 'privileged: true\n  image:'), ['7:3 /server/privileged']],
    ['an unknown field deep inside', small.replace('label:', 'lable: x\n    label:'), ['5:5 /variables/0/lable']],
    ['a value of the wrong kind', small.replace('some/image', '[a]'), ['7:10 /server/image']],
    ['a field that is missing', small.replace('    label: Message\n', ''), ['3:5 /variables/0/label']],
    ['a placeholder that stands for nothing', small.replace('{{MOTD}}', '{{NOBODY}}'), ['9:11 /server/env/MOTD']],
    ['a pattern that RE2 does not know', small.replace('label:', "pattern: '(?=a)'\n    label:"), ['5:14 /variables/0/pattern']],
    [
      'a default that its own pattern refuses',
      small.replace('label:', "pattern: '^b'\n    default: a\n    label:"),
      ['6:14 /variables/0/default'],
    ],
    ['rules that no answer fits', small.replace('label:', 'minLength: 3\n    maxLength: 2\n    label:'), ['6:16 /variables/0/maxLength']],
    ['a pattern for the log that is none', `${small}  ready: { line: '(', regex: true }\n`, ['10:18 /server/ready/line']],
    ['an anchor and its alias', small.replace('some/image', '&a some/image').replace("'{{MOTD}}'", '*a'), ['9:11 /text']],
    ['a circle', small.replace('some/image', '&a [*a]'), ['7:14 /text']],
    ['a default that stands for itself', small.replace('label:', "default: '{{MOTD}}'\n    label:"), ['5:14 /variables/0/default']],
    ['a tag of somebody’s own', small.replace('some/image', '!!js/function x'), ['7:10 /text']],
    ['another tag', small.replace('some/image', '!env HOME'), ['7:10 /text']],
    ['a merge of another map', `base: &b {a: 1}\n${small.replace('env:', 'env:\n    <<: *b')}`, ['10:9 /text']],
  ])('that has %s is refused at its place', (_, text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it('may say which version it is, as those that come with Mainstay do, and that is not looked at', () => {
    expect(readTemplateText(`version: 7\n${small}`)).toEqual(readTemplateText(small));
  });

  it('tells every fault at once', () => {
    expect(places('name: x\nserver:\n  image: x\n  stop: {graceSeconds: -1}\n  restart: always-and-ever\n')).toEqual([
      '4:24 /server/stop/graceSeconds',
      '5:12 /server/restart',
    ]);
  });

  it('that would grow without end is refused as quickly as any', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join()}]`).join('\n')}\n`;
    expect(places(bomb)).toEqual(['2:8 /text']);
    expect(places('['.repeat(50_000))).toHaveLength(1);
    expect(places(`${'a: {'.repeat(20_000)}`)).toHaveLength(1);
  });

  it('cannot reach what every object has', () => {
    expect(places('__proto__: {polluted: true}\nname: x\nserver: {image: x}\n')).toEqual(['1:1 /__proto__']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

it('docs/templates.md has an example that is read, makes a server, and uses what the tables name', () => {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/templates.md'), 'utf8');
  const example = /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  const { template } = readTemplateText(example);
  const answers = { RCON_PASSWORD: 'hush-hush' };
  const made = instantiate(template, { id: 'x', name: 'harbour', answers, ports: { game: 25000 } }, matches);
  expect(createServer.safeParse(made.kind === 'right' ? made.server : null).error?.issues ?? []).toEqual([]);
  expect([...new Set(template.variables.map(({ type }) => type))]).toEqual([...variableTypes]);
  for (const word of [...fileParsers, ...portRoles, ...templateProtocols]) expect(document).toContain(word);
  for (const word of ['server.id', 'server.name', 'server.memory', 'server.port.', 'server.hostPort.', 'server.brace', 'env.']) {
    expect(document).toContain(`{{${word}`);
  }
});

describe('eggs of the public collections', () => {
  const directory = join(import.meta.dirname, 'fixtures/eggs');
  const egg = (part: string) => {
    const name = readdirSync(directory).find((each) => each.includes(part)) ?? '';
    return readTemplateText(readFileSync(join(directory, name), 'utf8'));
  };
  const files = readdirSync(directory).filter((name) => /\.(json|yaml)$/.test(name));

  it.each(files)('%s is carried over, and makes a server', (name) => {
    const { format, template, yaml, notes } = readTemplateText(readFileSync(join(directory, name), 'utf8'));
    expect(format).toBe('egg');
    expect(readTemplateText(yaml).template).toEqual(template);
    expect(yamlOf(template)).toBe(yaml);
    for (const { detail } of notes) expect(detail).toMatch(/\.$/);
    const needed = template.variables.filter((variable) => variable.required && (variable.type === 'secret' || variable.default === null));
    const answers = Object.fromEntries(needed.map((variable) => [variable.name, variable.type === 'number' ? 1 : 'value']));
    const made = instantiate(template, { id: 'x', name: 'egg', answers, ports: { game: 25000 } }, matches);
    expect(made).toMatchObject({ kind: 'right' });
    expect(createServer.safeParse(made.kind === 'right' ? made.server : null).error?.issues ?? []).toEqual([]);
  });

  it('Paper, the old and the new form of it, come to the same', () => {
    const [old, young] = [egg('pterodactyl-egg-paper'), egg('egg-paper.yaml')];
    const { install: _old, ...before } = old.template.server;
    const { install: _young, ...after } = young.template.server;
    expect({ ...after, env: new Map(Object.entries(after.env)) }).toEqual({ ...before, env: new Map(Object.entries(before.env)) });
    expect(after).toMatchObject({
      image: '{{DOCKER_IMAGE}}',
      env: {
        STARTUP: `java -Xms128M -XX:MaxRAMPercentage=95.0 -Dterminal.jline=false -Dterminal.ansi=true -jar \${SERVER_JARFILE}`,
        SERVER_PORT: '{{server.port.game}}',
        SERVER_JARFILE: '{{SERVER_JARFILE}}',
      },
      console: { via: 'stdin', stopCommand: 'stop' },
      ready: { line: ')! For help, type ', regex: false },
      sandbox: { user: '1000:1000', readOnlyRoot: true, tty: true, workingDir: '/home/container' },
      files: [
        {
          path: 'server.properties',
          parser: 'properties',
          find: { 'server-port': '{{server.port.game}}', 'query.port': '{{server.port.game}}' },
        },
      ],
    });
    expect(young.template.server.install).toMatchObject({
      image: 'ghcr.io/pelican-eggs/installers:alpine',
      entrypoint: 'ash',
      volume: 'data',
    });
    expect(young.template.variables.find(({ name }) => name === 'SERVER_JARFILE')).toMatchObject({
      type: 'text',
      required: true,
      default: 'server.jar',
      pattern: '^([\\w\\d._-]+)(\\.jar)$',
    });
    expect(young.template.variables.find(({ name }) => name === 'DOCKER_IMAGE')).toMatchObject({ type: 'choice', options: { length: 5 } });
  });

  it('tells what is not carried over', () => {
    const told = (part: string) => egg(part).notes.map(({ code, value }) => `${code}: ${value}`);
    expect(told('d-d-race-network')).toEqual(['author: diedyesterdaywashere@gmail.com', 'stop-kill: ^^C']);
    expect(told('rust')).toEqual([
      'author: panel@example.com',
      'features: steam_disk_space',
      'ports: QUERY_PORT',
      'ports: RCON_PORT',
      'ports: APP_PORT',
    ]);
    expect(told('arma-reforger')).toEqual([
      'author: red_thirten@yahoo.com',
      'features: steam_disk_space',
      'hidden: SRCDS_APPID',
      'rule: gt:0',
      'address: {{server.allocations.default.ip}}',
    ]);
  });

  it('keeps the signal that an egg stops by, and never kills at once', () => {
    expect(egg('mumble').template.server).toMatchObject({ stop: { signal: 'SIGINT' }, console: { stopCommand: null } });
    expect(egg('d-d-race-network').template.server.stop.signal).toBe('SIGINT');
  });
});

describe('an egg', () => {
  const make = (changes: Record<string, unknown> = {}) =>
    readTemplateText(
      JSON.stringify({
        meta: { version: 'PTDL_v2' },
        name: 'Test',
        docker_images: { One: 'some/image:1' },
        startup: './run {{SERVER_PORT}} {{server.build.default.ip}} {{P_SERVER_UUID}}',
        config: { files: '{}', startup: '{"done": ["Ready", "regex:^\\\\d+ up$"]}', logs: '{}', stop: 'quit' },
        variables: [],
        ...changes,
      }),
    );

  it('that has one image or one startup under two names has it once', () => {
    const { template, notes } = make({
      meta: { version: 'PLCN_v3' },
      docker_images: { One: 'a/b:1', Two: 'a/b:2', Latest: 'a/b:2' },
      startup: undefined,
      startup_commands: { Plain: './a', Same: './a' },
    });
    expect(template.variables[0]).toMatchObject({ name: 'DOCKER_IMAGE', options: [{ label: 'One' }, { label: 'Two' }] });
    expect(template.server.env['STARTUP']).toBe('./a');
    expect(notes).toEqual([]);
  });

  it('of the first version has one image, or several, without names', () => {
    expect(make({ meta: { version: 'PTDL_v1' }, docker_images: undefined, image: 'some/old:1' }).template.server.image).toBe('some/old:1');
    const several = make({ meta: { version: 'PTDL_v1' }, docker_images: undefined, images: ['a/b:1', '~a/b:2'] });
    expect(several.template.variables[0]).toMatchObject({
      name: 'DOCKER_IMAGE',
      default: 'a/b:1',
      options: [{ value: 'a/b:1' }, { value: 'a/b:2' }],
    });
  });

  it('whose default stands for another variable leaves it out, and says so', () => {
    const variable = (env: string, value: string) => ({ name: env, env_variable: env, default_value: value, rules: 'string' });
    const { template, notes } = make({ variables: [variable('A', '{{B}}'), variable('B', '{{A}}')] });
    expect(template.variables.slice(0, 2)).toMatchObject([{ default: null }, { default: null }]);
    expect(notes.map(({ field, value }) => `${field} ${value}`)).toEqual(
      expect.arrayContaining(['variables.0.default_value {{B}}', 'variables.1.default_value {{A}}']),
    );
  });

  it('tells of fields that are not known, wherever they are, and of all else that is left out', () => {
    const { template, notes } = make({
      startup: undefined,
      surprise: 1,
      meta: { version: 'PTDL_v2', mood: 'x' },
      config: {
        files: { 'a.yml': { parser: 'yaml', find: { a: { 'regex:(?=x)': '1', b: '2' } }, mode: '0600' } },
        startup: '{"done": "up", "strip_ansi": false}',
        logs: '{}',
        stop: 'quit',
      },
      scripts: { installation: { script: 'echo', container: 'some/image:1', entrypoint: 'sh', user: 'root' } },
      variables: [{ name: 'A', env_variable: 'A', default_value: 'x', user_viewable: false, rules: 'string', secret: true }],
    });
    expect(template.experimental).toBe(true);
    expect(notes.map(({ code, value }) => `${code} ${value}`).sort()).toEqual([
      'condition regex:(?=x)',
      'hidden A',
      'startup STARTUP',
      'unknown config.files.a.yml.mode',
      'unknown config.startup.strip_ansi',
      'unknown meta.mood',
      'unknown scripts.installation.user',
      'unknown surprise',
      'unknown variables.0.secret',
    ]);
  });

  it('may have several startups, which are then a choice', () => {
    const { template } = make({ meta: { version: 'PLCN_v3' }, startup: undefined, startup_commands: { Plain: './a', Fast: './b {{X}}' } });
    expect(template.server.env['STARTUP']).toBe('{{STARTUP_COMMAND}}');
    expect(template.variables[0]).toMatchObject({
      type: 'choice',
      default: './a',
      options: [{ label: 'Plain' }, { label: 'Fast', value: `./b \${X}` }],
    });
  });

  it('has its startup in the shell’s words, and what it says in one pattern', () => {
    const { template, notes } = make();
    expect(template.server.env['STARTUP']).toBe(`./run \${SERVER_PORT} 0.0.0.0 \${P_SERVER_UUID}`);
    expect(template.server.ready).toEqual({ line: '(?:Ready)|(?:^\\d+ up$)', regex: true });
    expect(notes.map(({ code }) => code)).toEqual(['address']);
  });

  it('has files with what is known filled in, and the rest noted', () => {
    const config = {
      files: {
        'a.yml': {
          parser: 'yml',
          find: {
            'servers.*.address': { 'regex:^(127\\.0\\.0\\.1)': '{{config.docker.interface}}', localhost: '0.0.0.0' },
            port: '{{server.build.default.port}}',
            name: '{{server.build.env.NAME}} {{env.OTHER}} {{server.environment.UUID}}',
            id: '{{server.uuid}} {{P_SERVER_UUID}}',
            place: '{{server.allocation.ip}} {{P_SERVER_LOCATION}}',
          },
        },
        '../../etc/passwd': { parser: 'file', find: { root: 'x' } },
        'b.cfg': { parser: 'cfg', find: { a: 'b' } },
        'c.ini': { parser: 'ini', find: { 'a.b': 1 }, create_file: false },
      },
      startup: {},
      logs: { custom: true, location: 'logs/latest.log' },
      stop: '^SIGTERM',
    };
    const { template, notes } = make({ config, variables: [{ name: 'U', env_variable: 'UUID', default_value: 'x', rules: 'string' }] });
    expect(template.server.files).toEqual([
      {
        volume: 'data',
        path: 'a.yml',
        parser: 'yaml',
        create: true,
        find: {
          'servers.*.address': { localhost: '0.0.0.0' },
          port: '{{server.port.game}}',
          name: '{{env.NAME}} {{env.OTHER}} {{env.SERVER_UUID}}',
          id: '{{server.id}} {{env.P_SERVER_UUID}}',
        },
      },
      { volume: 'data', path: 'c.ini', parser: 'ini', create: false, find: { 'a.b': 1 } },
    ]);
    expect(template.server.stop.signal).toBe('SIGTERM');
    expect(notes.map(({ code, value }) => `${code} ${value}`)).toEqual(
      [
        'logs logs/latest.log',
        'renamed SERVER_UUID',
        'placeholder {{config.docker.interface}}',
        'placeholder {{server.allocation.ip}}',
        'file ../../etc/passwd',
        'parser cfg',
      ].toSpliced(2, 0, 'address {{server.build.default.ip}}'),
    );
  });

  it('with a rule that is no pattern in any engine is refused at its place', () => {
    const text = (rule: string) =>
      `meta: { version: PTDL_v2 }\nname: Test\ndocker_images: { One: 'some/image:1' }\nstartup: ./run\nconfig: { stop: quit }\nvariables:\n  - env_variable: A\n    rules: 'required|regex:${rule}'\n`;
    expect(places(text('/^(a/'))).toEqual(['8:12 /variables/0/rules']);
    expect(places(text('/a'))).toEqual(['8:12 /variables/0/rules']);
    expect(readTemplateText(text('/^(?=a)/')).notes.map(({ code }) => code)).toEqual(['rule']);
  });

  it('that cannot be made a template says what to mend', () => {
    const egg = (changes: string) => `meta: { version: PTDL_v2 }\nname: Test\nstartup: ./run\nconfig: { stop: quit }\n${changes}`;
    expect(places(egg('docker_images: { One: NO IMAGE }\n'))).toEqual(['5:16 /docker_images']);
    const scripts = (container: string) =>
      `docker_images: { One: 'some/image:1' }\nscripts:\n  installation:\n    script: echo\n    container: ${container}\n`;
    expect(places(egg(scripts('NO IMAGE')))).toEqual(['9:16 /scripts/installation/container']);
    expect(places(egg(scripts('some/image:1')))).toEqual([]);
    expect(places(egg('config: { files: { a.yml: { parser: yaml, find: oops } } }\n').replace('config: { stop: quit }\n', ''))).toEqual([
      '4:27 /config/files/a.yml',
    ]);
    expect(() => make({ meta: { version: 'PTDL_v9' } })).toThrow(/line 1, column/);
    expect(make({ config: { stop: '' } }).template.server).toMatchObject({ files: [], ready: null });
    expect(() => make({ config: { files: 'not json', startup: '{}', logs: '{}', stop: '' } })).toThrow(
      'Neither an object nor JSON of one.',
    );
  });
});

describe('patterns from outside', () => {
  it('take time that grows with the text and nothing worse', () => {
    // A matcher that tries every way would be at it for longer than anybody waits.
    expect(matches('^(a+)+$', false, `${'a'.repeat(4000)}!`)).toBe(false);
  });
});
