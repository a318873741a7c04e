// Passwords: kept as Argon2id, and checked in the same time whether there is such a person or not.

import { hash, verify } from '@node-rs/argon2';

/** Argon2id as OWASP has it: 19 MiB, two passes. About 50 ms of one core. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const hashPassword = (password: string): Promise<string> => hash(password, cost);

/** Of nobody's password. */
let nobodys: Promise<string> | undefined;

/** @param kept null: there is no such person, or none with a password; it takes as long, and is never right */
export async function isPassword(kept: string | null, password: string): Promise<boolean> {
  nobodys ??= hashPassword('nobody’s');
  const right = await verify(kept ?? (await nobodys), password);
  return kept !== null && right;
}
