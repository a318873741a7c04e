#!/usr/bin/env node
// The command line for npm: within the checkout `npx mainstay` runs this, and does not ask a registry for what somebody else has
// published under that name. `./mainstay` is what people are told of.

import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = join(root, 'packages/cli/src/main.ts');
const node = join(root, 'node_modules/.bin/node');

if (!existsSync(node)) {
  process.stderr.write('The dependencies are not installed yet: run npm start once, or npm ci.\n');
  process.exit(1);
}
if (realpathSync(process.execPath) === realpathSync(node)) {
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
} else {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  // From a terminal the child has them too; it takes them once.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
}
