// What people prove themselves with beside a password: an authenticator app's codes, and passkeys.

import { z } from 'zod';
import { oneLine, time } from './common.ts';

const once = z.string().min(1).max(200);
const totpCode = z.string().regex(/^\d{6}$/, 'Six digits.');

/** `POST /api/session/code`: the second step, with the ticket of the first one's refusal. */
export const signInByCode = z.strictObject({
  ticket: once,
  code: z.string().min(6, 'Six digits, or a recovery code.').max(30),
});

export const factors = z.object({
  password: z.boolean(),
  totp: z.boolean(),
  sso: z.boolean().meta({ description: 'Whether a sign-on by the identity provider is tied to it' }),
  recoveryCodes: z.int().meta({ description: 'How many are left' }),
  passkeys: z.array(z.object({ id: z.string(), name: z.string(), createdAt: time, lastUsedAt: time.nullable() })),
});

export const newTotp = z.object({
  ticket: once,
  secret: z.string().meta({ description: 'Base32, to type into an authenticator app' }),
  uri: z.string().meta({ description: 'otpauth:, to show as a QR code' }),
});
export const confirmTotp = z.strictObject({ ticket: z.string().min(1).max(1000), code: totpCode });
export const recoveryCodes = z.object({ codes: z.array(z.string()) });

/** As WebAuthn has them in JSON; the library that verifies them says what is in there. */
const options = z.looseObject({ challenge: z.string() });
const response = z.looseObject({ id: z.string().min(1).max(1400) });
export const passkeyOptions = z.object({ options });
export const addPasskey = z.strictObject({ name: oneLine(64).min(1, 'Give it a name.'), response });
export const signInByPasskey = z.strictObject({ response });
export const passkeyParams = z.object({ passkeyId: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/, 'Not the id of a passkey.') });

export type Factors = z.output<typeof factors>;
