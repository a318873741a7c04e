// Templates: what their answers come to, and what is wrong with them or with the template itself.

import { answerFault, type Matcher, type TemplateVariable } from '@mainstay/core/answers';
import { resolvedFiles } from '@mainstay/core/file-edit';
import { instantiate, type Wish } from '@mainstay/core/instantiate';
import { plainConduct, plainSandbox } from '@mainstay/core/server';
import { type Template, type TemplateServer, templateFaults } from '@mainstay/core/template';
import { describe, expect, it } from 'vitest';

const asked = { hint: null, required: false, advanced: false };
const length = { minLength: null, maxLength: null, pattern: null, ignoreCase: false };
const text = (name: string, more: object = {}) =>
  ({ type: 'text', name, label: name, ...asked, ...length, default: null, ...more }) as TemplateVariable;
const number = (name: string, more: object = {}) =>
  ({ type: 'number', name, label: name, ...asked, default: null, min: null, max: null, integer: true, ...more }) as TemplateVariable;
const secret = (name: string, more: object = {}) =>
  ({ type: 'secret', name, label: name, ...asked, ...length, ...more }) as TemplateVariable;
const yesNo = (name: string, more: object = {}) =>
  ({ type: 'boolean', name, label: name, ...asked, default: null, on: 'TRUE', off: 'FALSE', ...more }) as TemplateVariable;
const choice = (name: string, ...values: string[]) =>
  ({
    type: 'choice',
    name,
    label: name,
    ...asked,
    default: null,
    options: values.map((value) => ({ value, label: null })),
  }) as TemplateVariable;

function template(variables: TemplateVariable[], server: Partial<TemplateServer> = {}): Template {
  const { retention: _retention, ...conduct } = plainConduct;
  return {
    name: 'Test',
    description: '',
    experimental: false,
    variables,
    server: {
      image: 'some/image',
      env: {},
      command: null,
      ports: [],
      volumes: [],
      limits: { memoryMb: null, cpus: null },
      stop: { signal: null, graceSeconds: 30 },
      restart: 'unless-stopped',
      sandbox: plainSandbox,
      ...conduct,
      query: null,
      ...server,
    },
  };
}

const matches: Matcher = (pattern, ignoreCase, value) => new RegExp(pattern, ignoreCase ? 'i' : '').test(value);
const make = (of: Template, wish: Partial<Wish> = {}) =>
  instantiate(of, { id: 'a1', name: 'lobby', answers: {}, ports: {}, ...wish }, matches);
function right(of: Template, wish: Partial<Wish> = {}) {
  const made = make(of, wish);
  if (made.kind === 'wrong') throw new Error(JSON.stringify(made.faults));
  return made.server;
}
function faults(of: Template, wish: Partial<Wish> = {}) {
  const made = make(of, wish);
  return made.kind === 'right' ? {} : Object.fromEntries(made.faults.map(({ path, message }) => [path.join('.'), message]));
}

describe('answers', () => {
  it('stand where their placeholders do, in the type that is asked for', () => {
    const made = right(
      template([text('TAG'), text('MOTD'), number('SLOTS', { default: 16 }), yesNo('EULA'), choice('KIND', 'a', 'b'), number('MEMORY')], {
        image: 'some/image:{{TAG}}',
        env: {
          MOTD: 'It says: {{MOTD}}',
          SLOTS: '{{SLOTS}}',
          EULA: '{{ EULA }}',
          KIND: '{{KIND}}',
          NAME: '{{server.name}} {{server.id}}',
          MEM: '{{server.memory}}',
        },
        command: ['run', '--name={{server.name}}', '--kind', '{{KIND}}'],
        limits: { memoryMb: '{{MEMORY}}', cpus: 2 },
      }),
      { answers: { TAG: '1.2', MOTD: '{{KIND}} $1', EULA: true, KIND: 'b', MEMORY: 512 } },
    );
    expect(made).toMatchObject({
      image: 'some/image:1.2',
      env: { MOTD: 'It says: {{KIND}} $1', SLOTS: '16', EULA: 'TRUE', KIND: 'b', NAME: 'lobby a1', MEM: '512' },
      command: ['run', '--name=lobby', '--kind', 'b'],
      limits: { memoryMb: 512, cpus: 2 },
    });
  });

  it('that nobody gave leave their variable to the image, and are nothing in a longer text', () => {
    const of = template([text('VERSION'), number('MEMORY')], {
      env: { VERSION: '{{VERSION}}', ARGS: '-v "{{VERSION}}"' },
      limits: { memoryMb: '{{MEMORY}}', cpus: null },
    });
    expect(right(of)).toMatchObject({ env: { ARGS: '-v ""' }, limits: { memoryMb: null } });
    expect(right(of, { answers: { VERSION: '' } }).env).not.toHaveProperty('VERSION');
    const odd = template([text('constructor')], {
      env: { A: '{{constructor}}', B: 'x{{constructor}}' },
      ports: [{ name: 'constructor', role: 'game', protocol: 'udp', containerPort: 1 }],
    });
    expect(right(odd)).toMatchObject({ env: { B: 'x' }, ports: [{ name: 'constructor', protocol: 'udp', containerPort: 1 }] });
    expect(right(odd).ports[0]).not.toHaveProperty('hostPort');
  });

  it('that are secret make a secret of every variable they stand in', () => {
    const of = template([secret('PASSWORD'), secret('OTHER')], {
      env: { A: '{{PASSWORD}}', B: '-p {{PASSWORD}}', C: 'x', D: '{{OTHER}}' },
    });
    expect(right(of, { answers: { PASSWORD: 'hush' } }).env).toEqual({ A: { secret: 'hush' }, B: { secret: '-p hush' }, C: 'x' });
  });

  it('are refused beside their variable', () => {
    const of = template([
      text('NAME', { required: true, minLength: 2, maxLength: 4, pattern: '^[a-z]+$' }),
      number('SLOTS', { min: 1, max: 10 }),
      number('HALF', { integer: false }),
      yesNo('EULA', { required: true }),
      choice('KIND', 'a'),
      secret('PASS', { required: true, minLength: 5 }),
    ]);
    expect(faults(of)).toEqual({
      'answers.NAME': 'It needs a value.',
      'answers.EULA': 'It needs a value.',
      'answers.PASS': 'It needs a value.',
    });
    expect(faults(of, { answers: { NAME: 'a', SLOTS: 11, HALF: Number.NaN, EULA: 'yes', KIND: 'b', PASS: 'x', MORE: 1 } })).toEqual({
      'answers.MORE': 'The template has no such variable.',
      'answers.NAME': 'At least 2 characters.',
      'answers.SLOTS': 'At most 10.',
      'answers.HALF': 'Write a number.',
      'answers.EULA': 'Yes or no: true or false.',
      'answers.KIND': 'One of the options.',
      'answers.PASS': 'At least 5 characters.',
    });
    expect(faults(of, { answers: { NAME: 'abcde', SLOTS: 1.5, HALF: 1.5, EULA: false, PASS: 'a\0bcd' } })).toEqual({
      'answers.NAME': 'At most 4 characters.',
      'answers.SLOTS': 'A whole number.',
      'answers.PASS': 'No NUL character is possible here.',
    });
    expect(faults(of, { answers: { NAME: 'A1', EULA: true, PASS: 'hushhush' } })).toEqual({ 'answers.NAME': 'It must fit ^[a-z]+$' });
  });

  it('of patterns that cannot be looked at here are left to who can', () => {
    expect(answerFault(text('X', { pattern: '^a$' }), 'b', null)).toBe(null);
  });
});

describe('ports', () => {
  const ports: TemplateServer['ports'] = [
    { name: 'game', role: 'game', protocol: 'tcp+udp', containerPort: 'host' },
    { name: 'query', role: 'query', protocol: 'udp', containerPort: 27015 },
  ];

  it('of the host’s own number have it inside too, and tell it', () => {
    const of = template([], { ports, env: { PORT: '{{server.port.game}}', QUERY: '{{server.port.query}}' } });
    expect(right(of, { ports: { game: 25000 } })).toMatchObject({
      env: { PORT: '25000', QUERY: '27015' },
      ports: [
        { name: 'game', protocol: 'tcp', containerPort: 25000, hostPort: 25000 },
        { name: 'game-udp', protocol: 'udp', containerPort: 25000, hostPort: 25000 },
        { name: 'query', protocol: 'udp', containerPort: 27015 },
      ],
    });
    expect(faults(of)).toEqual({ 'ports.game': 'Choose a port of the host: the program is told of it.' });
    expect(faults(of, { ports: { game: 1, other: 2 } })).toEqual({ 'ports.other': 'The template has no such port.' });
  });

  it('are left to the manager where nobody named one', () => {
    expect(right(template([], { ports: ports.slice(1) })).ports).toEqual([{ name: 'query', protocol: 'udp', containerPort: 27015 }]);
  });
});

describe('files', () => {
  const of = template([text('MOTD', { default: 'hello' })], {
    volumes: [{ name: 'data', containerPath: '/data' }],
    ports: [{ name: 'game', role: 'game', protocol: 'tcp', containerPort: 1 }],
    files: [
      {
        volume: 'data',
        path: 'a.json',
        parser: 'json',
        create: true,
        find: { motd: '{{MOTD}}', port: '{{server.port.game}}', secret: '{{env.PASS}}', on: true, ip: { '127.0.0.1': '{{MOTD}}' } },
      },
    ],
  });

  it('have answers filled in now, and what only the server has at each start', () => {
    expect(right(of).files[0]?.find).toEqual({
      motd: 'hello',
      port: '{{server.port.game}}',
      secret: '{{env.PASS}}',
      on: true,
      ip: { '127.0.0.1': 'hello' },
    });
  });

  it.each([
    ['{{MOTD}} {{env.PASS}}', 'hi {{env.PASS}}', 'hi {{env.PASS}} hush'],
    ['{{MOTD}}', '{{server.name}} {{ env.PASS }}', '{{server.name}} {{ env.PASS }}'],
    ['{{{MOTD}}', '{env.PASS}}', '{{env.PASS}}'],
    ['{{env.{{MOTD}}}}', 'PASS', '{{env.PASS}}'],
    ['{{MOTD}}PASS}}', '{{env.', '{{env.PASS}}'],
    ['{{MOTD}}{{OTHER}}', '{', '{{env.PASS}}'],
    ['{"a": {{MOTD}}}', '{{server.brace}}', '{"a": {{server.brace}}}'],
  ])('take an answer as text for ever: %s with %s', (written, answer, expected) => {
    const asking = template([text('MOTD'), text('OTHER', { default: '{env.PASS}}' })], {
      volumes: [{ name: 'data', containerPath: '/data' }],
      files: [{ volume: 'data', path: 'a', parser: 'ini', create: true, find: { a: written } }],
    });
    const { files } = right(asking, { answers: { MOTD: answer } });
    const spec = { id: 'a1', name: 'lobby', limits: { memoryMb: null, cpus: null }, ports: [] };
    expect(resolvedFiles(files, spec, { PASS: 'hush' })[0]?.find).toEqual({ a: expected });
  });
});

describe('a template itself', () => {
  const wrong = (of: Template) => Object.fromEntries(templateFaults(of).map(({ path, message }) => [path.join('.'), message]));

  it('is faultless when everything it names is there', () => {
    expect(wrong(template([text('A', { default: 'x' })], { env: { A: '{{A}}', B: '{{server.name}} {not} {{ }} {{1}}' } }))).toEqual({});
  });

  it('is told of every name that stands for nothing', () => {
    const of = template([text('A'), text('A'), secret('S'), text('T')], {
      image: 'x:{{TAG}}',
      env: { X: '{{NOBODY}}', Y: '{{server.port.game}}', Z: '{{env.X}}' },
      command: ['{{S}}', '{{server.hostPort.game}}'],
      limits: { memoryMb: '{{T}}', cpus: 'two' },
      volumes: [{ name: 'data', containerPath: '/data' }],
      query: { kind: 'a2s', port: 'query' },
      install: { volume: 'other', image: 'x', entrypoint: 'sh', script: 'x' },
      files: [
        {
          volume: 'data',
          path: 'a',
          parser: 'ini',
          create: true,
          find: { a: '{{S}}', b: '{{server.hostPort.game}}', c: { x: '{{NOBODY}}' } },
        },
      ],
    });
    expect(Object.keys(wrong(of)).sort()).toEqual([
      'server.command.0',
      'server.command.1',
      'server.env.X',
      'server.env.Y',
      'server.env.Z',
      'server.files.0.find.a',
      'server.files.0.find.b',
      'server.files.0.find.c',
      'server.image',
      'server.install.volume',
      'server.limits.cpus',
      'server.limits.memoryMb',
      'server.query.port',
      'variables.1.name',
    ]);
  });

  it('is told of a default that its own rules refuse', () => {
    expect(wrong(template([number('N', { default: 0, min: 1 }), choice('C', 'a')]))).toEqual({ 'variables.0.default': 'At least 1.' });
  });

  it('is told of rules that no answer could fit, and of options that are there twice', () => {
    const lengths = { minLength: 5, maxLength: 4 };
    const variables = [text('T', lengths), secret('S', lengths), number('N', { min: 2, max: 1 }), choice('C', 'a', 'b', 'a')];
    expect(wrong(template(variables))).toEqual({
      'variables.0.maxLength': 'It is below minLength, which is 5: no answer fits both.',
      'variables.1.maxLength': 'It is below minLength, which is 5: no answer fits both.',
      'variables.2.max': 'It is below min, which is 2: no answer fits both.',
      'variables.3.options.2.value': 'Two options are “a”.',
    });
    expect(wrong(template([text('T', { minLength: 4, maxLength: 4 }), number('N', { min: 1, max: 1 })]))).toEqual({});
  });

  it('is told of defaults that would stand for each other, in a circle or not', () => {
    const circle = template([text('A', { default: 'x {{B}}' }), text('B', { default: '{{A}}' }), text('C', { default: '{{anything}}' })]);
    expect(wrong(circle)).toEqual({
      'variables.0.default': expect.stringContaining('{{B}} cannot stand in it'),
      'variables.1.default': expect.stringContaining('{{A}} cannot stand in it'),
    });
  });
});
