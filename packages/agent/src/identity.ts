// Who this agent is: its key pair, made here and never leaving, and what it was told when it joined. `boots` rises
// with every start, so that its observations' numbers never fall, whatever the clock says.

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { join } from 'node:path';
import { agentId, installationId } from '@mainstay/wire/common';
import { z } from 'zod';
import { asJson, readShaped, readText, writeDurably } from './durable.ts';

const identityShape = z.strictObject({
  managerUrl: z.url(),
  agentId,
  installationId,
  /** The data root's own id, once it was made; a directory without it is not the data root that this agent used. */
  rootId: z.uuid().nullable(),
  boots: z.int().min(0),
  /** Whether the host has ever had a policy: one that vanished is not taken for one that never was. */
  hadPolicy: z.boolean().default(false),
});
export type Identity = z.output<typeof identityShape>;

export interface Key {
  /** SPKI in base64url. */
  readonly publicKey: string;
  /** Ed25519 signature of a text, base64url. */
  sign(text: string): string;
}

/** The agent's key, made on the first call. */
export async function loadKey(home: string): Promise<Key> {
  const path = join(home, 'key.pem');
  let pem = await readText(path);
  if (pem === null) {
    pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeDurably(path, pem);
  }
  const key = createPrivateKey(pem);
  return {
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  };
}

/** null before it has joined. */
export const loadIdentity = (home: string): Promise<Identity | null> => readShaped(join(home, 'identity.json'), identityShape);

export const saveIdentity = (home: string, identity: Identity): Promise<void> =>
  writeDurably(join(home, 'identity.json'), asJson(identity));

/** Rising numbers for observations. */
export interface Sequence {
  /** The next number. */
  next(): number;
  /** Goes on above `number`: the manager has seen so many of an agent whose own count was lost. */
  above(number: number): void;
}

/** After `boots` starts, from boots × 2³² on. The start must have been saved before the first is used. */
export function createSequence(boots: number): Sequence {
  let last = boots * 2 ** 32;
  return {
    next: () => {
      last += 1;
      return last;
    },
    above: (number) => {
      last = Math.max(last, number);
    },
  };
}
