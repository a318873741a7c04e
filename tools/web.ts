// Sees to a built page: runs Vite when anything that the page is made of differs from what it was last made of.
// Contents are compared, not times, so that a fresh clone, a branch switch and a touched file all come out right.

import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runQuietly } from './command.ts';
import { type Say, step } from './step.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGE = 'packages/web';
const MADE_OF = [PAGE, 'packages/core/src', 'packages/wire/src', 'package-lock.json'];
const LEFT_OUT = new Set(['dist', 'node_modules']);

/** Resolves with the directory of the page and whether it had to be built; rejects with one line when Vite fails. */
export async function ensureWebBuilt({ say, root = ROOT }: { say: Say; root?: string }): Promise<{ directory: string; built: boolean }> {
  const directory = join(root, PAGE, 'dist');
  const stamp = join(directory, '.made-of');
  const wanted = await hashOf(root);
  const last = await readFile(stamp, 'utf8').catch(() => '');
  if (last === wanted) return { directory, built: false };
  await step(say, 'Built the page', async () => {
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    await runQuietly('Building the page', process.execPath, [vite, 'build'], {
      cwd: join(root, PAGE),
      // Whoever asks: of a test's own NODE_ENV the page would become a development one, several times as slow.
      environment: { ...process.env, NODE_ENV: 'production' },
    });
    // Vite has emptied the directory before; so a build that failed leaves no stamp, and is done again.
    await writeFile(stamp, wanted);
  });
  return { directory, built: true };
}

async function hashOf(root: string): Promise<string> {
  const lists = await Promise.all(MADE_OF.map((each) => filesUnder(join(root, each))));
  const paths = lists.flat().sort();
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const hash = createHash('sha256');
  for (const [index, content] of contents.entries()) {
    // The length keeps two files from being mistaken for one that is cut elsewhere.
    hash.update(`${relative(root, paths[index] ?? '')}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries === undefined) return [path];
  const lists = await Promise.all(
    entries
      .filter(({ name }) => !LEFT_OUT.has(name))
      .map((entry) => {
        const inside = join(path, entry.name);
        return entry.isDirectory() ? filesUnder(inside) : [inside];
      }),
  );
  return lists.flat();
}
