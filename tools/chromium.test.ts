import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureChromium } from './chromium.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mainstay-chromium-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A program of that name in the folder, which ends with the code. */
async function program(name: string, code: number): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\nexit ${code}\n`);
  await chmod(path, 0o755);
  return path;
}

test('a chosen browser is taken', async () => {
  const chosen = await program('mine', 0);
  expect(await ensureChromium({ say: () => {}, chosen })).toBe(chosen);
});

test.each(['absent', 'broken'])('a chosen browser that is %s is refused, not replaced', async (which) => {
  if (which === 'broken') await program('broken', 1);
  const chosen = join(folder, which);
  const say = vi.fn();
  await expect(ensureChromium({ say, chosen })).rejects.toThrow(`CHROMIUM_PATH is ${chosen}`);
  expect(say).not.toHaveBeenCalled();
});

test("the machine's is found, past one that does not run", async () => {
  await program('chromium', 1);
  const found = await program('chromium-browser', 0);
  expect(await ensureChromium({ say: () => {}, chosen: '', path: folder })).toBe(found);
});
