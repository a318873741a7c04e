// The bootstrap in a checkout of the test's own, with a made-up npm on the PATH: what it installs, runs and passes on.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-bootstrap-'));
  await mkdir(join(root, 'tools'));
  await mkdir(join(root, 'bin'));
  await cp(join(import.meta.dirname, 'bootstrap.mjs'), join(root, 'tools/bootstrap.mjs'));
  await file('package-lock.json', JSON.stringify({ packages: {} }));
  await file('package.json', '{ "type": "module" }');
  await file('tools/echo.ts', "console.log('ran', process.argv.slice(2).join()); process.exitCode = 7;");
  await file('tools/signals.ts', SIGNALS);
});
afterEach(() => rm(root, { recursive: true }));

/** Counts the signals that it gets, and ends a moment after the first. */
const SIGNALS = `
  const got: string[] = [];
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      got.push(signal);
      setTimeout(() => { console.log("got", got.join()); process.exit(0); }, 100);
    });
  }
  setInterval(() => {}, 1000);
  console.log("ready");
`;

/** An npm that puts our Node in place by its install script, and tells what it was asked for. */
const NPM = `
  echo "$*" >> npm-calls
  case "$1" in
    ci) rm -rf node_modules; mkdir -p node_modules/.bin ;;
    rebuild) ln -s ${process.execPath} node_modules/.bin/node ;;
  esac
`;
const CALLS = 'ci --include=dev --no-audit --no-fund --ignore-scripts\nrebuild --ignore-scripts=false node\n';

async function file(path: string, content: string): Promise<void> {
  await writeFile(join(root, path), content);
}

async function script(path: string, content: string): Promise<void> {
  await file(path, `#!/bin/sh\n${content}\n`);
  await chmod(join(root, path), 0o755);
}

function bootstrap(...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'tools/bootstrap.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
    });
  }
  return { child, output: () => output, ended: ended(child) };
}

async function ended(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, 'close');
  return code;
}

const npmCalls = () => readFile(join(root, 'npm-calls'), 'utf8').catch(() => '');

describe('dependencies', () => {
  test('are installed once, with no install script but our Node’s, and again when the lockfile changes', async () => {
    await script('bin/npm', NPM);
    const first = bootstrap('tools/echo.ts', 'a', 'b');
    expect(await first.ended).toBe(7);
    expect(first.output()).toMatch(/^Installing dependencies.*\nInstalled dependencies \(\d.*\nran a,b\n$/);

    const second = bootstrap('tools/echo.ts');
    expect(await second.ended).toBe(7);
    expect(second.output()).toBe('ran \n');

    await file('package-lock.json', JSON.stringify({ packages: { 'node_modules/new': { version: '1.0.0' } } }));
    expect(await bootstrap('tools/echo.ts').ended).toBe(7);
    expect(await npmCalls()).toBe(CALLS + CALLS);
  });

  test('that npm has put in place already are taken as they are', async () => {
    await mkdir(join(root, 'node_modules/.bin'), { recursive: true });
    await symlink(process.execPath, join(root, 'node_modules/.bin/node'));
    const packages = { 'node_modules/here': { version: '1.0.0' }, 'node_modules/elsewhere': { version: '1.0.0', optional: true } };
    await file('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages } }));
    await file('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/here': { version: '1.0.0' } } }));
    expect(await bootstrap('tools/echo.ts').ended).toBe(7);
    expect(await npmCalls()).toBe('');
  });

  test("that cannot be installed end it with npm's last lines and one of ours", async () => {
    await script('bin/npm', "echo 'npm error network is down' >&2; exit 3");
    const { output, ended } = bootstrap('tools/echo.ts');
    expect(await ended).toBe(1);
    expect(output()).toMatch(/npm error network is down\nnpm ci failed \(3\): .* run this again\n$/);
  });

  test('without our Node among them end it with one line', async () => {
    await script('bin/npm', 'mkdir -p node_modules');
    const { output, ended } = bootstrap('tools/echo.ts');
    expect(await ended).toBe(1);
    expect(output()).toMatch(/npm brought no Node along .*\n$/);
  });
});

// Run by the machine's Node it starts ours as a child; run by ours it runs the program itself. A person must not notice.
describe.each([
  ["on the machine's Node", `exec ${process.execPath} "$@"`],
  ['on our Node', undefined],
])('a program run %s', (_, wrapper) => {
  beforeEach(async () => {
    await script('bin/npm', NPM);
    await bootstrap('tools/echo.ts').ended;
    if (wrapper === undefined) return;
    await rm(join(root, 'node_modules/.bin/node'));
    await script('node_modules/.bin/node', wrapper);
  });

  test('has its arguments and its exit code', async () => {
    const { output, ended } = bootstrap('tools/echo.ts', '--flag', 'x y');
    expect(await ended).toBe(7);
    expect(output()).toBe('ran --flag,x y\n');
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('gets a %s sent to the bootstrap alone, once, and ends in peace', async (signal) => {
    const { child, output, ended } = bootstrap('tools/signals.ts');
    while (!output().includes('ready')) await once(child.stdout, 'data');
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(output()).toBe(`ready\ngot ${signal}\n`);
  });
});
