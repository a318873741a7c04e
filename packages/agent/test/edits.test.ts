// The editors of the program's own files: what is set is set, and everything else in the file stays as it was.

import type { FileParser } from '@mainstay/core/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EditTrouble, type Settings } from '../src/edits/edit.ts';
import { editors } from '../src/edits/editors.ts';

const edit = (parser: FileParser, text: string, settings: Settings) => editors[parser].edit(text, settings);

describe('file', () => {
  it('replaces the lines that begin with a key, whole', () => {
    const text = '# name of it\nhostname "old"\r\nsv_password\nmaxplayers 10\n';
    expect(edit('file', text, { hostname: 'hostname "Harbour"', sv_password: 'sv_password "x"' })).toBe(
      '# name of it\nhostname "Harbour"\r\nsv_password "x"\nmaxplayers 10\n',
    );
  });

  it('takes the longest of several keys that begin a line', () => {
    expect(edit('file', 'server.level a\nserver.levelurl b\n', { 'server.level': '1', 'server.levelurl': '2' })).toBe('1\n2\n');
  });

  it('replaces under a condition only where the line has it', () => {
    expect(edit('file', 'port 1\nport 2\n', { port: { 'port 2': 'port 3' } })).toBe('port 1\nport 3\n');
  });

  it('adds nothing, and keeps a last line without its line feed', () => {
    expect(edit('file', 'a=1', { b: 'b=2' })).toBe('a=1');
    expect(edit('file', 'a=1', { a: 'a=2' })).toBe('a=2');
  });
});

describe('properties', () => {
  const text = '#Minecraft server properties\n\nserver-port=25565\nmotd=A \\u00a7lserver\nlevel-name = world\n! old style\nempty=\n';

  it('sets what is there, adds what is not, and touches no other line', () => {
    expect(edit('properties', text, { 'server-port': 7777, 'level-name': 'nether', 'query.port': '7777', empty: true })).toBe(
      '#Minecraft server properties\n\nserver-port=7777\nmotd=A \\u00a7lserver\nlevel-name = nether\n! old style\nempty=true\nquery.port=7777\n',
    );
  });

  it('writes what is beyond ASCII so that every reader takes it, and reads it so', () => {
    const edited = edit('properties', text, { motd: 'Grüße ✓ \\o/' });
    expect(edited).toContain('motd=Gr\\u00fc\\u00dfe \\u2713 \\\\o/\n');
    expect(edit('properties', edited, { motd: { 'Grüße ✓ \\o/': 'seen' } })).toContain('motd=seen\n');
  });

  it('takes a value that goes on over several lines as one', () => {
    expect(edit('properties', 'a=1,\\\n  2\nb=3\n', { a: { '1,2': '4' } })).toBe('a=4\nb=3\n');
  });

  it('replaces under a condition only what has that value now', () => {
    expect(edit('properties', 'ip=127.0.0.1\n', { ip: { '127.0.0.1': '0.0.0.0', localhost: 'x' } })).toBe('ip=0.0.0.0\n');
    expect(edit('properties', 'ip=10.0.0.1\n', { ip: { '127.0.0.1': '0.0.0.0' }, other: { a: 'b' } })).toBe('ip=10.0.0.1\n');
    expect(edit('properties', 'ip=10.0.0.1:1\n', { ip: { 'regex:^(.*):\\d+$': '$1:2' } })).toBe('ip=10.0.0.1:2\n');
  });
});

describe('ini', () => {
  const text = '; murmur\nport=1\n\n[network]\nhost = old ; not a comment here\n# kept\n\n[log.file]\nlevel: 1\n';

  it('sets keys of sections and of none, and adds both', () => {
    expect(
      edit('ini', text, { port: '64738', 'network.host': '0.0.0.0', 'network.new': 'x', '[log.file].level': 2, 'extra.key': 'y' }),
    ).toBe('; murmur\nport=64738\n\n[network]\nhost = 0.0.0.0\n# kept\nnew=x\n\n[log.file]\nlevel: 2\n\n[extra]\nkey=y\n');
  });

  it('begins an empty file', () => {
    expect(edit('ini', '', { a: 1, 'b.c': 2 })).toBe('a=1\n\n[b]\nc=2\n');
  });
});

describe.each(['file', 'properties', 'ini'] as const)('%s', (parser) => {
  it('never lets a value become a line of its own', () => {
    const settings = { name: parser === 'file' ? 'name x\nadmin=true' : 'x\r\nadmin=true' };
    expect(edit(parser, 'name=old\n', settings).split('\n')).toHaveLength(2);
  });
});

describe('json', () => {
  const text = '{\n  // the game\n  "port": 1,\n  "name": "old",\n  "open": true,\n  "worlds": [{ "ip": "a" }, { "ip": "b" }]\n}\n';

  it('sets values in the type that they have, and keeps comments and order', () => {
    expect(edit('json', text, { port: '7777', name: '42', open: 'false' })).toBe(
      text.replace('1,', '7777,').replace('"old"', '"42"').replace('true', 'false'),
    );
  });

  it('sets every entry by a star, and adds what is not there', () => {
    const edited = JSON.parse(
      edit('json', text.replace(/ *\/\/.*\n/, ''), { 'worlds.*.ip': 'c', 'rcon.port': '1', 'rcon.on': 'true', 'none.*.x': 1 }),
    );
    expect(edited).toMatchObject({ worlds: [{ ip: 'c' }, { ip: 'c' }], rcon: { port: 1, on: true } });
    expect(edited).not.toHaveProperty('none');
  });

  it('begins a map where null stands, and leaves alone what has nothing in it yet', () => {
    expect(JSON.parse(edit('json', '{"server": null, "a": 1}', { 'server.port': '1', 'server.deep.name': 'x' }))).toEqual({
      server: { port: 1, deep: { name: 'x' } },
      a: 1,
    });
    expect(edit('json', ' \n', { port: 1 })).toBe(' \n');
    expect(() => edit('json', 'null', { port: 1 })).toThrow(EditTrouble);
  });

  it('keeps a long number that is text in its own right', () => {
    expect(JSON.parse(edit('json', '{}', { id: '76561198000000001', zero: '007' }))).toEqual({ id: '76561198000000001', zero: '007' });
  });

  it('says what is wrong with what is none, or where nothing can be set', () => {
    expect(() => edit('json', '{"a": ', { a: 1 })).toThrow(EditTrouble);
    expect(() => edit('json', '{"a": 1}', { 'a.b': 1 })).toThrow('holds a value');
    expect(() => edit('json', '{}', { '__proto__.polluted': 1 })).toThrow(EditTrouble);
  });
});

describe('yaml', () => {
  const text =
    '# proxy\nlisteners:\n  - host: 0.0.0.0:1 # all\n    max: 10\nservers:\n  lobby: { address: localhost:1, motd: x }\n  hub: { address: 127.0.0.1:2 }\n';

  it('sets values, by stars and under conditions, and keeps comments and order', () => {
    const edited = edit('yaml', text, {
      'listeners.0.host': '0.0.0.0:7777',
      'listeners.0.max': '20',
      'servers.*.address': { 'regex:^(127\\.0\\.0\\.1|localhost)(:\\d+)$': '172.17.0.1$2' },
    });
    expect(edited).toBe(
      text
        .replace('0.0.0.0:1 ', '0.0.0.0:7777 ')
        .replace('10', '20')
        .replace('localhost:1', '172.17.0.1:1')
        .replace('127.0.0.1:2', '172.17.0.1:2'),
    );
  });

  it('begins an empty file, and refuses what is none and what is a bomb', () => {
    expect(edit('yaml', '', { 'a.b': 'x' })).toBe('a:\n  b: x\n');
    expect(() => edit('yaml', 'a: [', { a: 1 })).toThrow(EditTrouble);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join()}]`).join('\n')}\n`;
    expect(() => edit('yaml', bomb, { z: 1 })).toThrow(EditTrouble);
  });

  it('begins a map where nothing stands, and says where an alias is in the way', () => {
    expect(edit('yaml', 'server:\nother: 1\n', { 'server.port': '1', 'server.name': 'x' })).toBe(
      'server:\n  port: 1\n  name: x\nother: 1\n',
    );
    expect(() => edit('yaml', 'base: &b {port: 1}\nserver: *b\n', { 'server.port': '2' })).toThrow(EditTrouble);
    expect(edit('yaml', 'base: &b {port: 1}\nserver: *b\n', { 'base.port': '2' })).toContain('port: 2');
  });

  it('stays as it is to the letter when nothing in it is set', () => {
    const odd = 'a:   1\r\nb:  [ 1,2 ]   # x\r\n\r\n';
    expect(edit('yaml', odd, { a: 1 })).toBe(odd);
    expect(edit('xml', "<a  b='1'>\r\n<c>1</c ></a>", { 'a.c': '1' })).toBe("<a  b='1'>\r\n<c>1</c ></a>");
  });
});

describe('toml', () => {
  it('sets values and keeps comments', () => {
    const text = '# conf\nport = 1 # of the game\n\n[advanced]\ndebug = false\nname = "x"\n';
    const edited = edit('toml', text, { port: '7777', 'advanced.debug': 'true', 'advanced.name': 'y' });
    expect(edited).toBe(text.replace('1', '7777').replace('false', 'true').replace('"x"', '"y"'));
    expect(() => edit('toml', 'a = [', { a: 1 })).toThrow(EditTrouble);
  });
});

describe('xml', () => {
  const text =
    '<?xml version="1.0" encoding="utf-8"?>\n<!-- ours -->\n<ServerSettings>\n  <property name="Port" value="1"/>\n  <Port>1</Port>\n  <Mods><Mod>a</Mod><Mod>b</Mod></Mods>\n</ServerSettings>';

  it('sets elements and attributes, adds elements, and keeps the rest', () => {
    const edited = edit('xml', text, {
      'ServerSettings.Port': '7777',
      'ServerSettings.Name': 'A & B',
      'ServerSettings.property': "[value='2']",
    });
    expect(edited).toContain('<!-- ours -->');
    expect(edited).toContain('<Port>7777</Port>');
    expect(edited).toContain('<property name="Port" value="2"/>');
    expect(edited).toContain('<Name>A &amp; B</Name>');
    expect(edit('xml', text, { 'ServerSettings.Mods.*': 'c' })).toContain('<Mod>c</Mod><Mod>c</Mod>');
  });

  it('begins an empty file, and refuses what is none', () => {
    expect(edit('xml', '', { 'Server.Port': 1 })).toContain('<Server><Port>1</Port></Server>');
    expect(() => edit('xml', '<a>', { 'a.b': 1 })).toThrow(EditTrouble);
  });
});

describe('every editor', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 200 });
  it.each(['file', 'properties', 'ini'] as const)('%s leaves a file alone in which nothing is set', (parser) => {
    fc.assert(fc.property(texts, (text) => edit(parser, text, {}) === text));
  });

  it.each(['properties', 'ini'] as const)('%s done twice is done once', (parser) => {
    fc.assert(
      fc.property(texts, fc.string({ maxLength: 20 }), (text, value) => {
        const once = edit(parser, text, { key: value });
        expect(edit(parser, once, { key: value })).toBe(once);
      }),
    );
  });
});
