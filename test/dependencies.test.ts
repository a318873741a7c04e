// What comes from elsewhere: from one registry, by the hash that stands in the lockfile, and without running anything as it comes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { resolved?: string; integrity?: string; link?: boolean; hasInstallScript?: boolean }>;
};
const fetched = Object.entries(lockfile.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

/** Those that bring an install script. Only the first one's is run, by tools/bootstrap.mjs; a new one needs a line and a reason. */
const withInstallScript = {
  'node_modules/node': 'fetches the Node that everything here runs on',
  'node_modules/cpu-features': 'of ssh2: a native helper, works without',
  'node_modules/protobufjs': 'of dockerode: warns of versions, nothing else',
  'node_modules/ssh2': 'of dockerode: builds a native helper, works without',
};

it('no dependency brings an install script that nobody has looked at', () => {
  const present = fetched.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  expect(present.sort()).toEqual(Object.keys(withInstallScript).sort());
});

it('none but our Node’s is run', () => {
  const bootstrap = readFileSync(join(root, 'tools/bootstrap.mjs'), 'utf8');
  expect(bootstrap).toContain("'--ignore-scripts'");
  expect(/WITH_INSTALL_SCRIPT = \[(.*)\]/.exec(bootstrap)?.[1]).toBe("'node'");
});

it('every dependency is fetched from the registry, and known by its hash', () => {
  for (const [path, { resolved, integrity }] of fetched) {
    // Left out: from the registry that the machine is set to; a git repository or an address would stand here.
    expect(resolved ?? 'https://registry.npmjs.org/', path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    expect(integrity, path).toMatch(/^sha512-/);
  }
});
