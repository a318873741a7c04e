// A page of one line, built by the real Vite in a checkout of the test's own.

import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureWebBuilt } from './web.ts';

let root: string;
const said: string[] = [];
const ensure = (where = root) => ensureWebBuilt({ say: (line) => said.push(line), root: where });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-web-'));
  for (const each of ['packages/web/src', 'packages/core/src', 'packages/wire/src']) {
    await mkdir(join(root, each), { recursive: true });
  }
  await writeFile(join(root, 'package-lock.json'), '{}');
  await writeFile(join(root, 'packages/web/index.html'), '<h1>Mainstay</h1>');
});
afterAll(() => rm(root, { recursive: true }));

test('is built when it never was', async () => {
  const { directory, built } = await ensure();
  expect(built).toBe(true);
  expect(await readFile(join(directory, 'index.html'), 'utf8')).toContain('Mainstay');
  expect(said.splice(0)).toEqual([expect.stringMatching(/^Built the page/)]);
});

test('is left alone while its sources say the same, also with other times or in another place', async () => {
  expect(await ensure()).toMatchObject({ built: false });
  await utimes(join(root, 'packages/web/index.html'), 1, 1);
  expect(await ensure()).toMatchObject({ built: false });
  const clone = `${root}-clone`;
  await cp(root, clone, { recursive: true });
  expect(await ensure(clone)).toMatchObject({ built: false });
  await rm(clone, { recursive: true });
  expect(said).toEqual([]);
});

test.each([
  'packages/web/index.html',
  'packages/core/src/new.ts',
  'packages/wire/src/new.ts',
  'package-lock.json',
])('is built again when %s changes', async (path) => {
  await writeFile(join(root, path), `<p>${path}</p>`);
  expect(await ensure()).toMatchObject({ built: true });
  expect(await ensure()).toMatchObject({ built: false });
});

test('is built for people, whoever asks for it', async () => {
  expect(process.env['NODE_ENV']).toBe('test');
  await writeFile(join(root, 'packages/web/index.html'), '<script type="module" src="./src/main.ts"></script>');
  await writeFile(join(root, 'packages/web/src/main.ts'), `document.title = import.meta.env.PROD ? 'for people' : 'for tests';`);
  const { directory } = await ensure();
  const [script = ''] = await readdir(join(directory, 'assets'));
  expect(await readFile(join(directory, 'assets', script), 'utf8')).toContain('for people');
});

test('a build that fails is one line, and is tried again', async () => {
  await writeFile(join(root, 'packages/web/index.html'), '<script type="module" src="./absent.ts"></script>');
  await expect(ensure()).rejects.toThrow(/^Building the page failed \(exit 1\): .*$/);
  await writeFile(join(root, 'packages/web/index.html'), '<h1>Mainstay</h1>');
  expect(await ensure()).toMatchObject({ built: true });
});
