// The audit log: who did or tried what, on what, from where, and what came of it. It only ever grows, and holds no secret.

import { z } from 'zod';
import { oneLine, page, pageQuery, time } from './common.ts';

export const outcomes = ['done', 'refused', 'failed'] as const;

export const auditEntry = z
  .object({
    id: z.int(),
    at: time,
    who: z.string().nullable().meta({ description: 'null: nobody who could be told' }),
    by: z.enum(['person', 'token', 'machine', 'nobody']).meta({ description: 'machine: whoever has the manager’s machine' }),
    action: z.string().meta({ description: 'The operationId of what was asked for' }),
    target: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }).nullable(),
    address: z.string().nullable(),
    outcome: z.enum(outcomes),
    code: z.string().nullable().meta({ description: 'Why it was refused or failed' }),
  })
  .meta({ id: 'AuditEntry' });

const filter = {
  who: oneLine(64).optional().meta({ description: 'A part of the name' }),
  action: z.string().max(64).optional(),
  target: oneLine(100).optional().meta({ description: 'Its id, or a part of its name' }),
  outcome: z.enum(outcomes).optional(),
  from: z.coerce.number().int().min(0).optional().meta({ description: 'ms UTC' }),
  to: z.coerce.number().int().min(0).optional(),
};

export const auditPage = page(auditEntry);
export const auditQuery = z.strictObject({ ...filter, ...pageQuery });
export const auditExportQuery = z.strictObject({ ...filter, format: z.enum(['csv', 'jsonl']) });

export type AuditEntry = z.output<typeof auditEntry>;
export type AuditFilter = Omit<z.output<typeof auditQuery>, 'cursor' | 'limit'>;
