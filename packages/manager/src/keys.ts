// Where an installation's keys are: `secret.key` beside the database, mode 0600, made at the first start, or MAINSTAY_SECRET_KEY.
// Those before it stay in `secret.key.retired`: hosts keep what they sealed. A new one waits in `secret.key.next` until the
// database knows it; whoever comes upon it then puts it in its place.

import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import { idOfKey, keyBytes, type Vault, vaultWith } from './vault.ts';

export const secretKeyFile = (directory: string) => join(directory, 'secret.key');
const nextKeyFile = (directory: string) => `${secretKeyFile(directory)}.next`;
const retiredKeysFile = (directory: string) => `${secretKeyFile(directory)}.retired`;

/** Keys that the environment holds, in base64 or base64url: nothing of them is then kept in files. */
export interface GivenKeys {
  readonly current: string;
  /** By commas. */
  readonly retired: string;
}

/**
 * The vault of the installation in `directory`; its key is made when nothing was ever sealed.
 * @param given undefined: the files
 * @param known the id of the key that its database was sealed with; null: nothing is sealed in it
 * @throws Fault when there is no key, another one, or none that can be read
 */
export function openVault(directory: string, given: GivenKeys | undefined, known: string | null): Vault {
  const key = given ? parseKey(given.current, 'MAINSTAY_SECRET_KEY') : readKey(secretKeyFile(directory));
  const retired = retiredKeys(directory, given);
  if (known === null) return vaultWith(key ?? makeKey(secretKeyFile(directory)), retired);
  if (key !== null && idOfKey(key) === known) return vaultWith(key, retired);
  const next = given ? null : readKey(nextKeyFile(directory));
  if (next !== null && idOfKey(next) === known) {
    settleKey(directory);
    return vaultWith(next, retired);
  }
  const where = given ? 'MAINSTAY_SECRET_KEY' : secretKeyFile(directory);
  throw new Fault(
    'internal',
    `The secrets in the database were sealed with key ${known}, and ${where} ${key === null ? 'is not there' : `holds key ${idOfKey(key)}`}. ` +
      'Bring that key back. Is it lost for good, run `mainstay secrets rotate --lost`, then type the secrets anew.',
  );
}

/** A new key, in its waiting place. */
export const makeNextKey = (directory: string): Buffer => makeKey(nextKeyFile(directory));

/** The waiting key is the current one from now on. */
export function settleKey(directory: string): void {
  renameSync(nextKeyFile(directory), secretKeyFile(directory));
  sync(directory);
}

/** Keeps the current key among those before. */
export function retireKey(directory: string, key: Buffer): void {
  const kept = retiredKeys(directory, undefined).filter((each) => !each.equals(key));
  const path = retiredKeysFile(directory);
  writeKeys(`${path}.new`, [...kept, key]);
  renameSync(`${path}.new`, path);
  sync(directory);
}

/** The key in the files; null: none is there. */
export const currentKey = (directory: string): Buffer | null => readKey(secretKeyFile(directory));

export function retiredKeys(directory: string, given: GivenKeys | undefined): Buffer[] {
  const from = given ? 'MAINSTAY_SECRET_KEY_RETIRED' : retiredKeysFile(directory);
  const text = given ? given.retired : (read(retiredKeysFile(directory)) ?? '');
  const lines = text.split(/[\s,]+/).filter((line) => line !== '');
  return lines.map((line) => parseKey(line, from));
}

export function parseKey(text: string, from: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length === keyBytes) return key;
  throw new Fault('internal', `${from} does not hold a key: 32 bytes in base64, such as \`openssl rand -base64 32\` makes.`);
}

function readKey(path: string): Buffer | null {
  const text = read(path);
  return text === null ? null : parseKey(text, path);
}

function read(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    refuseReadable(path, fstatSync(file).mode);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** A copy that was made without care may be anybody's to read; nothing goes on as if it were secret. */
function refuseReadable(path: string, mode: number): void {
  if ((mode & 0o077) === 0) return;
  throw new Fault(
    'internal',
    `Others on this machine may read the key in ${path}. Run \`chmod 600 ${path}\`; if somebody else could have read it, \`mainstay secrets rotate\` then makes another.`,
  );
}

function makeKey(path: string): Buffer {
  const key = randomBytes(keyBytes);
  writeKeys(path, [key]);
  return key;
}

function writeKeys(path: string, keys: readonly Buffer[]): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeSync(file, keys.map((key) => `${key.toString('base64url')}\n`).join(''));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function sync(directory: string): void {
  const opened = openSync(directory, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
