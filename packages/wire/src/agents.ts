// Agents and their hosts as they cross a boundary.

import { protocols } from '@mainstay/core/server';
import { z } from 'zod';
import { agentId, containerId, flag, time } from './common.ts';
import { hostDisk } from './disk.ts';

export const agentName = z
  .string()
  .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/, 'Use 1 to 63 letters, digits, hyphens, dots or underscores.');

/** What an agent tells of its host when it connects. */
/** What the host’s owner lets a manager ask of it, as it holds now. */
export const hostPolicy = z.object({
  path: z.string().max(4096),
  /** Whether there is a file; without one the default holds. */
  own: z.boolean(),
  /** Why the file cannot be used as it is now, so that the one before it goes on; null: it can. */
  broken: z.string().max(2000).nullable(),
  images: z.array(z.string().max(500)).max(1000),
  memoryMb: z.number().nullable(),
  cpus: z.number().nullable(),
  hostPorts: z.object({ from: z.int(), to: z.int() }),
  capabilities: z.array(z.string().max(100)).max(100),
  users: z.array(z.string().max(100)).max(1000),
  installScripts: z.boolean(),
});

export const hostFacts = z.object({
  agentVersion: z.string().max(50),
  hostname: z.string().max(255),
  /** null while the engine does not answer. */
  engine: z
    .object({
      id: z.string().max(200),
      version: z.string().max(100),
      storageDriver: z.string().max(100),
      cgroupVersion: z.string().max(10),
    })
    .nullable(),
  cpus: z.int().min(0),
  memoryBytes: z.int().min(0),
  dataRoot: z.string().max(4096),
  diskFreeBytes: z.int().min(0).nullable(),
  diskTotalBytes: z.int().min(0).nullable(),
  clockAt: time,
  /** null: an agent that does not tell. */
  policy: hostPolicy.nullable().default(null),
});

/** A container that carries our label but is no server's recorded one. */
export const stray = z.object({
  containerId,
  name: z.string(),
  serverId: z.string().nullable().meta({ description: 'The server that its label names, which need not be there any more' }),
});

export const agent = z
  .object({
    id: agentId,
    name: z.string(),
    online: z.boolean(),
    since: time.meta({ description: 'Since when it is online, or not heard' }),
    lastHeardAt: time.nullable(),
    engine: z
      .object({ state: z.enum(['ok', 'unreachable', 'other']), since: time, detail: z.string().nullable() })
      .nullable()
      .meta({ description: 'null before the first look' }),
    facts: hostFacts.nullable(),
    strays: z.array(stray),
    disk: hostDisk.nullable().meta({ description: 'As it was measured last; null: not yet' }),
    nearlyFull: z.boolean().meta({ description: 'Whether its disk has little left' }),
    draining: z.boolean().meta({ description: 'Whether it takes no new servers' }),
    clockSkewMs: z.int().nullable().meta({ description: 'How far its clock is ahead of the manager’s, as last told; null: not known' }),
    ports: z.object({ from: z.int(), to: z.int() }),
    servers: z.int().meta({ description: 'How many servers it has, deleted ones included' }),
    createdAt: time,
  })
  .meta({ id: 'Agent' });

export const agentList = z.object({ items: z.array(agent) });
export const agentParams = z.object({ agentId });

/** `POST /api/agents`: an agent joins. Needs no other credential than the token; it proves that it holds the key. */
export const joinAgent = z.strictObject({
  joinToken: z.string().min(1).max(200),
  name: agentName,
  /** Ed25519 public key, SPKI in base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{40,120}$/, 'Not an Ed25519 public key in base64url SPKI form.'),
  /** Over `joinPayload`, by that key, base64url. */
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'Not an Ed25519 signature in base64url form.'),
});
export const joinedAgent = z.object({ agentId, installationId: z.string(), name: z.string() });

/** `PATCH /api/agents/:agentId`: what is left out stays. */
export const configureAgent = z.strictObject({
  name: agentName.optional(),
  draining: z.boolean().optional().meta({ description: 'true: no new servers here; those that it has stay' }),
});

/** `DELETE /api/agents/:agentId`. Forced, the records of its servers are forgotten with it; its containers and data stay as they are. */
export const removeAgentQuery = z.strictObject({ force: flag, confirmName: z.string().max(100).optional() });

export const strayParams = z.object({ agentId, containerId: z.string().regex(/^[0-9a-f]{12,64}$/, 'Not the id of a container.') });

export const portQuery = z.strictObject({ protocol: z.enum(protocols), port: z.coerce.number().int().min(1).max(65535) });
/** Whether a port can be had, and who has it; `unknown`: the host could not be asked. */
export const portAnswer = z.object({ free: z.enum(['yes', 'no', 'unknown']), holder: z.string().nullable() });

export const joinToken = z.object({ token: z.string(), expiresAt: time });

export const syncResult = z.object({ takenAt: time, servers: z.int(), changed: z.int() });

/** The text a joining agent signs. */
export const joinPayload = (joinToken: string, name: string) => `mainstay-join/1\n${joinToken}\n${name}`;

export type Agent = z.output<typeof agent>;
export type HostFacts = z.output<typeof hostFacts>;
export type HostPolicy = z.output<typeof hostPolicy>;
export type Stray = z.output<typeof stray>;
