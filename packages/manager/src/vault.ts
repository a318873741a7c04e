// The vault: what is secret is sealed before it reaches the store and opened where it is used, so that a copy of the
// database alone tells nothing. One key an installation: 32 bytes in a file of mode 0600 beside the database, made at the
// first start, or from MAINSTAY_SECRET_KEY. AES-256-GCM; each sealing says what it is about, and opens for nothing else.

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';

export interface Vault {
  /** @param about what the secret belongs to, such as `server <id>`: it is bound to that */
  seal(secret: string, about: string): string;
  /** @throws Fault `internal` when it was sealed with another key, about something else, or was altered */
  open(sealed: string, about: string): string;
  /** The same for the same text, and of no use to who has not the key: nobody can try texts against it. */
  fingerprint(text: string): string;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export const secretKeyFile = (directory: string) => join(directory, 'secret.key');

/**
 * The vault of the installation in `directory`, its key made when there is none.
 * @param given MAINSTAY_SECRET_KEY: the key in base64 or base64url; undefined: the file's
 * @throws Fault when the key cannot be read or is none
 */
export function openVault(directory: string, given: string | undefined): Vault {
  return vaultWith(given ? parseKey(given, 'MAINSTAY_SECRET_KEY') : keyFromFile(secretKeyFile(directory)));
}

/** @param key 32 bytes */
export function vaultWith(key: Buffer): Vault {
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return {
    seal(secret, about) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return ['v1', keyId, Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')].join('.');
    },
    fingerprint: (text) => createHmac('sha256', key).update(`fingerprint\n${text}`).digest('base64url'),
    open(sealed, about) {
      const [version, sealedBy, body = ''] = sealed.split('.');
      if (version !== 'v1' || sealedBy !== keyId) {
        throw new Fault(
          'internal',
          'A secret was sealed with another key than this manager has. Bring back its secret.key, or set MAINSTAY_SECRET_KEY.',
        );
      }
      const bytes = Buffer.from(body, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
          .setAAD(Buffer.from(about))
          .setAuthTag(bytes.subarray(-tagBytes));
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new Fault('internal', 'A secret in the database cannot be opened: it was altered, or belongs elsewhere.', { cause: error });
      }
    },
  };
}

function parseKey(text: string, from: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length === keyBytes) return key;
  throw new Fault('internal', `${from} does not hold a key: 32 bytes in base64, such as \`openssl rand -base64 32\` makes.`);
}

function keyFromFile(path: string): Buffer {
  try {
    return parseKey(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const key = randomBytes(keyBytes);
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, `${key.toString('base64url')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return key;
}
