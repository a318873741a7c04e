// The key of a simulated host's agent, and its joining: by a join token, over the HTTP API, as every agent does.

import { generateKeyPairSync, sign } from 'node:crypto';
import type { AgentId, InstallationId } from '@mainstay/core/id';
import { joinPayload } from '@mainstay/wire/agents';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';

export interface Key {
  /** SPKI in base64url. */
  readonly publicKey: string;
  /** Ed25519 signature of a text, base64url. */
  sign(text: string): string;
}

/** Who an agent is, once it has joined. */
export interface Identity {
  readonly managerUrl: string;
  readonly agentId: AgentId;
  readonly installationId: InstallationId;
  readonly key: Key;
}

/** @throws Fault with the manager's reason when it refuses */
export async function join(managerUrl: string, joinToken: string, name: string): Promise<Identity> {
  const key = newKey();
  const body = { joinToken, name, publicKey: key.publicKey, signature: key.sign(joinPayload(joinToken, name)) };
  const joined = await createClient({ baseUrl: managerUrl })(contract.joinAgent, { body });
  return { managerUrl, agentId: joined.agentId, installationId: joined.installationId as InstallationId, key };
}

/** A fresh one. */
export function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  };
}
