// Beside every file of the build, the same file as brotli and as gzip, made once with time to spare: the manager sends
// what the browser takes and compresses nothing while somebody waits.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** What is text; pictures and fonts are compressed already. */
const compressible = /\.(?:js|css|html|svg|json|txt)$/;
/** Below this the answer's own head weighs more than what is saved. */
const leastBytes = 512;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

export function precompress(): Plugin {
  let directory = 'dist';
  return {
    name: 'mainstay:precompress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      directory = join(root, build.outDir);
    },
    closeBundle: {
      order: 'post',
      async handler() {
        const files = await readdir(directory, { recursive: true });
        await Promise.all(files.filter((name) => compressible.test(name)).map((name) => compress(join(directory, name))));
      },
    },
  };
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path);
  if (content.byteLength < leastBytes) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength };
  await Promise.all([
    brotli(content, { params }).then((packed) => writeFile(`${path}.br`, packed)),
    zip(content, { level: constants.Z_BEST_COMPRESSION }).then((packed) => writeFile(`${path}.gz`, packed)),
  ]);
}
