// The vault: what is secret is sealed before it reaches the store and opened where it is used, so that a copy of the
// database alone tells nothing. One key an installation, 32 bytes; which one it is the database remembers by its id, so that
// another is never taken for it. AES-256-GCM; each sealing says what it is about, and opens for nothing else.

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { Fault } from '@mainstay/core/fault';

export interface Vault {
  /** Names its key without telling it. */
  readonly keyId: string;
  /** @param about what the secret belongs to, such as `server <id>`: it is bound to that */
  seal(secret: string, about: string): string;
  /** @throws Fault `internal` when it was sealed with a key that is not here, about something else, or was altered */
  open(sealed: string, about: string): string;
  /** The same secret sealed with this key; as it is when it is so already, or cannot be opened. */
  renew(sealed: string, about: string): string;
  /** The same for the same text, and of no use to who has not the key: nobody can try texts against it. */
  fingerprint(text: string): string;
}

export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export const idOfKey = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8);
/** The id of the key that something was sealed with. */
export const keyIdOf = (sealed: string): string | undefined => /^v1\.([0-9a-f]{8})\./.exec(sealed)?.[1];

/**
 * @param key 32 bytes
 * @param retired keys before this one, for what they sealed and nobody has sealed anew
 */
export function vaultWith(key: Buffer, retired: readonly Buffer[] = []): Vault {
  const keyId = idOfKey(key);
  const keys = new Map([...retired, key].map((each) => [idOfKey(each), each]));
  const seal: Vault['seal'] = (secret, about) => {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about));
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return ['v1', keyId, Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')].join('.');
  };
  const open: Vault['open'] = (sealed, about) => {
    const sealedBy = keys.get(keyIdOf(sealed) ?? '');
    if (sealedBy === undefined) {
      throw new Fault(
        'internal',
        'A secret was sealed with another key than this manager has. Bring back its secret.key, or set MAINSTAY_SECRET_KEY.',
      );
    }
    const bytes = Buffer.from(sealed.slice(sealed.lastIndexOf('.') + 1), 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', sealedBy, bytes.subarray(0, nonceBytes))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new Fault('internal', 'A secret in the database cannot be opened: it was altered, or belongs elsewhere.', { cause: error });
    }
  };
  return {
    keyId,
    seal,
    open,
    renew(sealed, about) {
      if (keyIdOf(sealed) === keyId) return sealed;
      try {
        return seal(open(sealed, about), about);
      } catch (error) {
        if (error instanceof Fault) return sealed;
        throw error;
      }
    },
    fingerprint: (text) => createHmac('sha256', key).update(`fingerprint\n${text}`).digest('base64url'),
  };
}
