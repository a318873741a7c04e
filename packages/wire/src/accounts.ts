// People: their accounts, how they are invited, and what is their own: password, sessions.

import { roles } from '@mainstay/core/access';
import type { AccountId, CredentialId } from '@mainstay/core/id';
import { z } from 'zod';
import { grant, grants } from './access.ts';
import { id, oneLine, time } from './common.ts';

const accountId = id<AccountId>('an account');

/** What somebody signs in with: a word or an e-mail address. */
export const accountName = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, 'Give a name.')
  .max(64, 'At most 64 characters.')
  .regex(/^[a-z0-9][a-z0-9._@+-]*$/, 'Letters, digits and . _ @ + - are possible, a letter or digit first.');

/** Length is what makes a password hard to guess; of what it is made is the person's own business. */
export const password = z.string().min(10, 'At least 10 characters.').max(200, 'At most 200 characters.');

export const account = z
  .object({
    id: accountId,
    name: z.string(),
    grants: z.array(grant),
    disabled: z.boolean().meta({ description: 'true: nothing of theirs lets anybody in' }),
    createdAt: time,
    lastSignedInAt: time.nullable(),
  })
  .meta({ id: 'Account' });

export const accountList = z.object({ items: z.array(account) });
export const accountParams = z.object({ accountId });
/** `PATCH /api/accounts/:accountId`: what is left out stays. */
export const changeAccount = z.strictObject({ grants: grants.optional(), disabled: z.boolean().optional() });

/** `POST /api/accounts/owner`: the first account. */
export const makeOwner = z.strictObject({ name: accountName, password });

export const invitation = z
  .object({
    id: id<CredentialId>('an invitation'),
    label: z.string().meta({ description: 'Whom it is for' }),
    grants: z.array(grant),
    createdAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Invitation' });
export const invitationList = z.object({ items: z.array(invitation) });
export const invitationParams = z.object({ invitationId: id<CredentialId>('an invitation') });
export const createInvitation = z.strictObject({ label: oneLine(64).min(1, 'Say whom it is for.'), grants });
const code = z.string().min(1).max(200);
/** The page makes a link of it: `/invitation#code=…`. */
export const createdInvitation = invitation.extend({ code: code.meta({ description: 'Shown this once' }) });
export const acceptInvitation = z.strictObject({ code, name: accountName, password });

/** What a link is good for, before it is used. */
export const linkCode = z.strictObject({ code });
export const openInvitation = z.object({
  label: z.string().meta({ description: 'Whom it is for' }),
  invitedBy: z.string().nullable().meta({ description: 'null: somebody who has no account' }),
  offers: z.array(
    z.object({
      role: z.enum(roles),
      on: z.enum(['everything', 'host', 'server']),
      name: z.string().nullable().meta({ description: 'Of the host or the server' }),
    }),
  ),
  expiresAt: time,
});
export const openResetLink = z.object({ name: z.string().meta({ description: 'Whose password is chosen' }), expiresAt: time });

/** The page makes a link of it: `/reset#code=…`. */
export const resetLink = z.object({ code: code.meta({ description: 'Shown this once' }), expiresAt: time });
export const resetPassword = z.strictObject({ code, password });

export const changePassword = z.strictObject({ current: z.string().max(200), password });

export const ownSession = z
  .object({
    id: id<CredentialId>('a session'),
    current: z.boolean(),
    createdAt: time,
    lastUsedAt: time.nullable().meta({ description: 'To the minute' }),
    expiresAt: time.nullable(),
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'Session' });
export const ownSessionList = z.object({ items: z.array(ownSession) });
export const ownSessionParams = z.object({ sessionId: id<CredentialId>('a session') });

export type OpenInvitation = z.output<typeof openInvitation>;
export type Account = z.output<typeof account>;
export type Invitation = z.output<typeof invitation>;
export type OwnSession = z.output<typeof ownSession>;
