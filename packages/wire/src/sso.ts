// Single sign-on: by an OpenID Connect provider of one's own house.

import { z } from 'zod';

export const signInWays = z.object({
  sso: z.string().nullable().meta({ description: 'What the provider is called; null: there is none' }),
});

/** `POST /api/session/sso` */
export const startSso = z.strictObject({
  invitation: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'An invitation’s code: whoever comes back with it gets an account' }),
});
export const startedSso = z.object({ url: z.string().meta({ description: 'Where the browser goes now' }) });

/** `POST /api/session/sso/finish` */
export const finishSso = z.strictObject({
  query: z.string().max(8000).meta({ description: 'All behind the ? of the address that the provider led to' }),
});

/** The cookie that ties a sign-on to the browser that began it. */
export const ssoCookie = 'mainstay_sso';
