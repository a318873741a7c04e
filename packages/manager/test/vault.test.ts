// Secrets at rest: sealed ones open with their own key and about their own thing, and with nothing else.

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVault, secretKeyFile } from '@mainstay/manager/keys';
import { vaultWith } from '@mainstay/manager/vault';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mainstay-vault-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('a vault', () => {
  test('gives back what was sealed, and nobody can read it in between', () => {
    const vault = openVault(directory, undefined, null);
    const sealed = vault.seal('hunter2', 'server a');
    expect(sealed).not.toContain('hunter2');
    expect(sealed).not.toBe(vault.seal('hunter2', 'server a'));
    expect(openVault(directory, undefined, null).open(sealed, 'server a')).toBe('hunter2');
  });

  test('opens nothing that belongs elsewhere, was altered, or was sealed with another key', () => {
    const vault = vaultWith(randomBytes(32));
    const sealed = vault.seal('hunter2', 'server a');
    expect(() => vault.open(sealed, 'server b')).toThrow(/belongs elsewhere/);
    // Another character well within it: of the last one not every bit counts.
    const altered = sealed.replace(/.(?=.{10}$)/, (one) => (one === 'A' ? 'B' : 'A'));
    expect(() => vault.open(altered, 'server a')).toThrow(/altered/);
    expect(() => vaultWith(randomBytes(32)).open(sealed, 'server a')).toThrow(/another key/);
    expect(() => vault.open('', 'server a')).toThrow(/another key/);
  });

  test('keeps its key for its owner alone, and makes it once', () => {
    openVault(directory, undefined, null);
    const key = readFileSync(secretKeyFile(directory), 'utf8');
    expect(statSync(secretKeyFile(directory)).mode & 0o777).toBe(0o600);
    openVault(directory, undefined, null);
    expect(readFileSync(secretKeyFile(directory), 'utf8')).toBe(key);
  });

  test.each([0o640, 0o604, 0o666])('opens with no key that others may read: mode %o', (mode) => {
    openVault(directory, undefined, null);
    chmodSync(secretKeyFile(directory), mode);
    expect(() => openVault(directory, undefined, null)).toThrow(/chmod 600/);
    chmodSync(secretKeyFile(directory), 0o600);
    openVault(directory, undefined, null);
  });

  test('takes a key from the environment instead, and refuses what is none', () => {
    const key = randomBytes(32).toString('base64');
    expect(
      openVault(directory, { current: key, retired: '' }, null).open(
        openVault(directory, { current: key, retired: '' }, null).seal('x', 'y'),
        'y',
      ),
    ).toBe('x');
    expect(() => openVault(directory, { current: 'short', retired: '' }, null)).toThrow(/MAINSTAY_SECRET_KEY/);
    writeFileSync(secretKeyFile(directory), 'not a key', { mode: 0o600 });
    expect(() => openVault(directory, undefined, null)).toThrow(/does not hold a key/);
  });
});
