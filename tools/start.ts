// `npm start`: sees to an engine, the sample server's image and the page, then becomes `mainstay up`.
// It becomes it in the true sense (execve): one process fewer to hold memory and to stand between Ctrl-C and the program.

import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { ensureEngine } from './engine.ts';
import { ensureSampleImage } from './sample-image.ts';
import { ensureWebBuilt } from './web.ts';

const ROOT = join(import.meta.dirname, '..');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function ensureImage(): Promise<void> {
  const { docker } = await ensureEngine({ say });
  await ensureSampleImage({ docker, say });
}

try {
  await Promise.all([ensureImage(), ensureWebBuilt({ say })]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

// Otherwise done at the end of a process, which this one does not have.
flushCompileCache();
const up = [process.execPath, join(ROOT, 'packages/cli/src/main.ts'), 'up'];
process.execve?.(process.execPath, [...up, ...process.argv.slice(2)], {
  ...process.env,
  MAINSTAY_HOME: process.env.MAINSTAY_HOME || join(ROOT, '.mainstay'),
});
