// Ids and secrets, from the operating system's randomness.

import { createHash, randomBytes, randomUUID } from 'node:crypto';

export function newId<Id extends string>(): Id {
  return randomUUID() as string as Id;
}

/** A secret of 256 bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256, hex. Enough for secrets of 256 bits: there is nothing to guess. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
