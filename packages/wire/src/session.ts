// Signing in: a password, or a one-time link's code, becomes a session cookie; programs bring a bearer token instead.

import type { AccountId } from '@mainstay/core/id';
import { z } from 'zod';
import { grant } from './access.ts';
import { id, time } from './common.ts';

export const signIn = z.strictObject({ code: z.string().min(1).max(200) });
export const signInByPassword = z.strictObject({ name: z.string().max(200), password: z.string().max(200) });

export const session = z.object({
  name: z.string().meta({ description: 'Who is signed in' }),
  expiresAt: time.nullable(),
  account: z
    .object({ id: id<AccountId>('an account'), name: z.string() })
    .nullable()
    .meta({ description: 'Whose session or token it is; null: whoever has the manager’s machine' }),
  access: z
    .object({ grants: z.array(grant), within: z.array(grant).nullable() })
    .meta({ description: 'What may be done: what the grants say, and no more than `within` where that is not null' }),
  ownerMissing: z.boolean().meta({ description: 'Nobody has made an account yet' }),
});

/** A cookie that says only that its browser signed in as somebody before: guesses from elsewhere do not hold it up. */
export const knownCookie = 'mainstay_known';

/** The name of the session cookie: HttpOnly, SameSite=Strict. */
export const sessionCookie = 'mainstay_session';

export type Session = z.output<typeof session>;
