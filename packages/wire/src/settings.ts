// What holds for the whole installation, unless a server says otherwise.

import { z } from 'zod';

/** Hours that a deleted server stays restorable; null: until somebody purges it. Ten years at most. */
export const retentionHours = z
  .number('A number of hours.')
  .min(0, 'Not less than 0.')
  .max(87_600, 'At most ten years, 87600 h.')
  .nullable()
  .meta({ description: 'Hours that a deleted server stays restorable; null: until somebody purges it' });

export const settings = z
  .strictObject({
    retentionHours,
    finalArchive: z.boolean().meta({ description: 'Whether an archive of the data is made before a retention’s end purges a server' }),
    trashDays: z
      .int('Whole days.')
      .min(0, 'Not less than 0.')
      .max(3650, 'At most ten years, 3650 d.')
      .nullable()
      .meta({ description: 'Days that the data of purged servers stays in its host’s trash; null: until somebody empties it' }),
  })
  .meta({ id: 'Settings' });

/** `PATCH /api/settings`: what is left out stays. */
export const changeSettings = settings.partial();

export type Settings = z.output<typeof settings>;
