// The architecture, held by a test: imports point inward only, the core knows nothing of the world, and the habits that
// keep the tree legible. The lists here may only shrink.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What each package may import of the others. */
const inward: Record<string, readonly string[]> = {
  core: [],
  wire: ['core'],
  manager: ['core', 'wire'],
  agent: ['core', 'wire'],
  sim: ['core', 'wire'],
  web: ['core', 'wire'],
  cli: ['core', 'wire', 'manager', 'agent'],
};

const sources = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}));
const importsOf = (text: string) =>
  [...text.matchAll(/^(?:import|export)\s[^;']*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );

describe('imports point inward', () => {
  it.each(Object.keys(inward))('in %s', (name) => {
    const mine = sources.filter(({ path }) => path.startsWith(`packages/${name}/`));
    expect(mine.length).toBeGreaterThan(0);
    const outward = mine.flatMap(({ path, text }) =>
      importsOf(text)
        .map((from) => /^@mainstay\/([a-z]+)/.exec(from)?.[1])
        .filter((to) => to !== undefined && to !== name && !inward[name]?.includes(to))
        .map((to) => `${path} imports ${to}`),
    );
    expect(outward).toEqual([]);
  });

  it('and never by a path into another package', () => {
    expect(
      sources
        .filter(({ text }) => importsOf(text).some((from) => from.startsWith('.') && from.includes('/packages/')))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('the core', () => {
  const core = sources.filter(({ path }) => path.startsWith('packages/core/'));

  it('imports nothing but itself', () => {
    expect(core.flatMap(({ text }) => importsOf(text)).filter((from) => !from.startsWith('./'))).toEqual([]);
  });

  it('names no clock and no randomness', () => {
    expect(
      core
        .filter(({ text }) =>
          /\bDate\b|Math\.random|performance\b|setTimeout|\bprocess\b/.test(text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')),
        )
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('every source file', () => {
  it('opens with what it is', () => {
    expect(sources.filter(({ text, path }) => !path.endsWith('.d.ts') && !text.startsWith('//')).map(({ path }) => path)).toEqual([]);
  });

  it('exports by name, and re-exports nothing wholesale', () => {
    expect(sources.filter(({ text }) => /^export default|^export \* from/m.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('the world, as containers are told apart', () => {
  it('has its settings and labels each written in one place', () => {
    const labels = sources.filter(({ text }) => /'mainstay\.(server|installation)'/.test(text)).map(({ path }) => path);
    expect(labels.length).toBeLessThanOrEqual(1);
  });
});
