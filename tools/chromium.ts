// Sees to a Chromium for the tests that look at the page: the one that CHROMIUM_PATH names, or one of the machine's, or
// Debian's package, installed as root. A browser counts only when it runs: Ubuntu has a `chromium-browser` that is a mere
// pointer to a snap.

import { outputOf } from './command.ts';
import { aptInstall, findProgram, hasApt, isProgram, isRoot } from './machine.ts';
import { type Say, step } from './step.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

interface Needs {
  readonly say: Say;
  readonly chosen?: string | undefined;
  readonly path?: string | undefined;
}

/** Resolves with the browser's path; rejects with one line that says what to do. */
export async function ensureChromium({ say, chosen = process.env.CHROMIUM_PATH, path }: Needs): Promise<string> {
  if (chosen) {
    if (isProgram(chosen) && (await runs(chosen))) return chosen;
    throw new Error(`CHROMIUM_PATH is ${chosen}, and no Chromium runs from there: correct or unset it`);
  }
  const found = await findChromium(path);
  if (found !== undefined) return found;
  const toDo = 'install Chromium or Chrome yourself, or set CHROMIUM_PATH';
  if (!isRoot() || !hasApt()) throw new Error(`The tests need a Chromium and found none: ${toDo}`);
  say("No Chromium here: installing Debian's, which takes a minute or two");
  await step(say, 'Installed chromium', () => aptInstall(['chromium'])).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; ${toDo}`);
  });
  const installed = await findChromium(path);
  if (installed !== undefined) return installed;
  throw new Error(`The chromium package of this machine does not run: ${toDo}`);
}

async function findChromium(path: string | undefined): Promise<string | undefined> {
  for (const name of NAMES) {
    const program = findProgram(name, path);
    if (program !== undefined && (await runs(program))) return program;
  }
  return undefined;
}

async function runs(program: string): Promise<boolean> {
  return outputOf(program, ['--version']).then(
    () => true,
    () => false,
  );
}
