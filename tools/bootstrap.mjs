// The first thing that `npm start` and `npm test` run, on whatever Node the machine has: sees to the dependencies, which
// bring the project's own Node with them, then runs the given program on that one.
// usage: node tools/bootstrap.mjs <file.ts> [arguments]
// Written without newer syntax, so that an old Node can read far enough to be told that it is old.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OLDEST_NODE = 20;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const LOCKFILE = join(ROOT, 'package-lock.json');
const STAMP = join(MODULES, '.mainstay-lock');
const OWN_NODE = join(MODULES, '.bin', 'node');
/** The only ones whose install scripts run: our Node fetches its program by it. */
const WITH_INSTALL_SCRIPT = ['node'];
const COMPILED = join(MODULES, '.cache', 'mainstay-compiled');

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(`Mainstay needs Node ${OLDEST_NODE} or newer to set itself up, and this is ${process.version}: install one`);
  }
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) fail('usage: node tools/bootstrap.mjs <file.ts> [arguments]');
  await ensureDependencies();
  const program = resolve(ROOT, file);
  // Keeps what Node made of the sources, types stripped and compiled: every start of every program of ours is quicker for it.
  if (!process.env.NODE_COMPILE_CACHE) process.env.NODE_COMPILE_CACHE = COMPILED;
  if (realpathSync(process.execPath) === realpathSync(OWN_NODE)) {
    process.argv = [process.execPath, program, ...args];
    module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
    await import(pathToFileURL(program).href);
  } else {
    runOnOwnNode(program, args);
  }
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

async function ensureDependencies() {
  const lockfile = readFileSync(LOCKFILE);
  const wanted = createHash('sha256').update(lockfile).digest('hex');
  if (existsSync(OWN_NODE)) {
    if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
    if (isInstalled(JSON.parse(lockfile.toString('utf8')))) {
      writeFileSync(STAMP, wanted);
      return;
    }
  }
  await install();
  if (!existsSync(OWN_NODE)) {
    fail('npm brought no Node along (node_modules/.bin/node): see to the network, then run this again');
  }
  writeFileSync(STAMP, wanted);
}

/** Whether node_modules is what the lockfile says, by npm's own record of what it put there (after `npm install x`). */
function isInstalled(lockfile) {
  const record = join(MODULES, '.package-lock.json');
  if (!existsSync(record)) return false;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = lockfile.packages;
  const same = (path) => present[path].version === wanted[path].version && present[path].integrity === wanted[path].integrity;
  return (
    Object.keys(present).every((path) => wanted[path] !== undefined && same(path)) &&
    Object.keys(wanted).every((path) => {
      // Workspaces stand in the lockfile only; optional packages are for other machines when they are absent.
      return !path.includes('node_modules') || present[path] !== undefined || wanted[path].optional === true;
    })
  );
}

async function install() {
  const began = Date.now();
  process.stdout.write('Installing dependencies, which takes a minute the first time\n');
  // Without our own Node on the PATH, because npm ci takes it away under whoever runs on it.
  const PATH = process.env.PATH.split(delimiter).filter((each) => resolve(each) !== join(MODULES, '.bin'));
  const env = Object.assign({}, process.env, { PATH: PATH.join(delimiter) });
  await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--ignore-scripts'], env);
  await npm(['rebuild', '--ignore-scripts=false'].concat(WITH_INSTALL_SCRIPT), env);
  process.stdout.write(`Installed dependencies (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
}

async function npm(args, env) {
  const child = spawn('npm', args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (piece) => {
    output = (output + piece).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code, signal] = await new Promise((settle) => {
    child.on('error', (error) => settle([String(error), null]));
    child.on('close', (...end) => settle(end));
  });
  if (signal !== null) process.exit(128 + constants.signals[signal]);
  if (code !== 0) {
    process.stderr.write(`${output.trim().split('\n').slice(-8).join('\n')}\n`);
    fail(`npm ${args[0]} failed (${code}): see above; with the network and the disk in order, run this again`);
  }
}

function runOnOwnNode(program, args) {
  const child = spawn(OWN_NODE, [program, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // Ctrl-C reaches everything in the terminal's foreground, the child too: passing it on would deliver it twice.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !isInForeground()) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`${OWN_NODE} cannot be run: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}

/** Whether this process belongs to the group that its terminal sends Ctrl-C to; proc(5) has the fields. */
function isInForeground() {
  try {
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return group === foreground;
  } catch {
    return Boolean(process.stdin.isTTY);
  }
}

main().catch((error) => fail(error.stack));
