// Directories full of files, as worlds are: made once, removed by whoever made them.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** So many files of `bytes` each, a few hundred a directory. */
export async function fill(directory: string, files: number, bytes: number): Promise<void> {
  const perDirectory = 250;
  const content = Buffer.alloc(bytes, 'world');
  for (let made = 0; made < files; made += perDirectory) {
    const under = join(directory, 'region', String(made / perDirectory));
    await mkdir(under, { recursive: true });
    const names = Array.from({ length: Math.min(perDirectory, files - made) }, (_, at) => join(under, `r.${at}.mca`));
    await Promise.all(names.map((name) => writeFile(name, content)));
  }
}
