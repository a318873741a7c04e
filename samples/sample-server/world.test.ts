import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UnreadableWorld, World } from './world.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mainstay-world-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const now = () => 1_700_000_000_000;
const path = () => join(directory, 'world.json');

describe('a world', () => {
  test('keeps its id and what was built, and counts its boots', () => {
    const first = new World(directory, now);
    first.build('tower', 'ada');
    first.build('tower', 'bob');
    first.save();
    const second = new World(directory, now);
    expect(second).toMatchObject({ id: first.id, isNew: false, boots: 2 });
    expect(second.listThings()).toBe('2 × tower');
  });

  test('is on disk as soon as it is opened', () => {
    const world = new World(directory, now);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ id: world.id, boots: 1 });
  });

  test('keeps a journal that does not grow for ever', () => {
    const world = new World(directory, now);
    for (let each = 0; each < 1000; each++) world.note(`entry ${each}`);
    world.save();
    const { journal } = JSON.parse(readFileSync(path(), 'utf8'));
    expect(journal).toHaveLength(200);
    expect(journal.at(-1)).toEqual({ at: now(), text: 'entry 999' });
  });

  test('takes a bounded number of kinds of things, and any number of each', () => {
    const world = new World(directory, now);
    for (let each = 0; each < 1000; each++) expect(world.build(`thing ${each}`, 'ada')).toBe(1);
    expect(world.build('one too many', 'ada')).toBeUndefined();
    expect(world.build('thing 7', 'ada')).toBe(2);
  });

  test('things may have any name', () => {
    new World(directory, now).build('__proto__', 'ada');
    const world = new World(directory, now);
    expect(world.build('constructor', 'ada')).toBe(1);
  });

  test('leaves nothing aside after a save, and is not hindered by what a crash left', () => {
    writeFileSync(`${path()}.new`, 'half a wor');
    new World(directory, now);
    expect(existsSync(`${path()}.new`)).toBe(false);
  });

  test.each([
    ['empty', ''],
    ['cut short', '{"format":1,"id":"a'],
    ['another format', '{"format":2}'],
    ["another program's", '[1,2,3]'],
    ['wrong inside', '{"format":1,"id":"a","createdAt":1,"boots":1,"things":[7],"journal":[]}'],
  ])('that is %s is refused and left as it is', (_, content) => {
    writeFileSync(path(), content);
    expect(() => new World(directory, now)).toThrow(UnreadableWorld);
    expect(readFileSync(path(), 'utf8')).toBe(content);
  });

  test('counts as changed until a save has succeeded', () => {
    const world = new World(directory, now);
    expect(world.changed).toBe(false);
    world.build('tower', 'ada');
    rmSync(directory, { recursive: true });
    expect(() => world.save()).toThrow('ENOENT');
    expect(world.changed).toBe(true);
    new World(directory, now);
    world.save();
    expect(world.changed).toBe(false);
  });
});
