// API tokens: what lets a program in. The secret itself is shown once, when it is made.

import type { CredentialId } from '@mainstay/core/id';
import { z } from 'zod';
import { grant, grants } from './access.ts';
import { id, oneLine, time } from './common.ts';

const tokenId = id<CredentialId>('a token');

export const tokenName = oneLine(64).refine((name) => name.trim() !== '', 'Give it a name.');

export const token = z
  .object({
    id: tokenId,
    name: z.string(),
    grants: z.array(grant),
    madeBy: z.string().nullable().meta({ description: 'The person who made it; null: it was made on the manager’s machine' }),
    createdAt: time,
    expiresAt: time.nullable().meta({ description: 'null: it is good until it is revoked' }),
    lastUsedAt: time.nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'Token' });

export const tokenList = z.object({ items: z.array(token) });
export const createToken = z.strictObject({ name: tokenName, grants, expiresAt: time.nullable().default(null) });
export const createdToken = token.extend({ token: z.string().meta({ description: 'Shown this once' }) });
export const tokenParams = z.object({ tokenId });

export type Token = z.output<typeof token>;
export type CreateToken = z.output<typeof createToken>;
