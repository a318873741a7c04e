// Roles and where they hold, as they are sent.

import { roles } from '@mainstay/core/access';
import { z } from 'zod';
import { agentId, serverId } from './common.ts';

export const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('host'), agentId }),
  z.strictObject({ kind: z.literal('server'), serverId }),
]);

export const grant = z.strictObject({ role: z.enum(roles), scope }).meta({ id: 'Grant' });

/** What a person or a token is given. An owner owns everything: there is no owner of a part. */
export const grants = z
  .array(grant)
  .min(1, 'Give a role.')
  .max(100, 'At most 100 roles.')
  .refine(
    (given) => given.every(({ role, scope: { kind } }) => role !== 'owner' || kind === 'everything'),
    'An owner is owner of everything.',
  );

export type Grants = z.output<typeof grants>;
