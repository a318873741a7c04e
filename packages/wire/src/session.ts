// Signing in: a one-time link's code becomes a session cookie; programs bring a bearer token instead.

import { z } from 'zod';
import { time } from './common.ts';

export const signIn = z.strictObject({ code: z.string().min(1).max(200) });
export const session = z.object({ name: z.string().meta({ description: 'Who is signed in' }), expiresAt: time.nullable() });

/** The name of the session cookie: HttpOnly, SameSite=Strict. */
export const sessionCookie = 'mainstay_session';

export type Session = z.output<typeof session>;
