// The audit log, written and read. What is written comes from the contract and the record, never from a request's body.

import type { AccountId } from '@mainstay/core/id';
import type { AuditEntry, AuditFilter } from '@mainstay/wire/audit';
import { type SqlBool, sql } from 'kysely';
import type { AuditRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { Caller } from './credentials.ts';
import { badCursor } from './history.ts';

export type AuditTarget = NonNullable<AuditEntry['target']>;

export interface AuditActor {
  readonly who: string | null;
  readonly by: AuditEntry['by'];
  readonly accountId: AccountId | null;
}

/** Whoever works on the manager's own machine. */
export const machine: AuditActor = { who: 'terminal', by: 'machine', accountId: null };

export function actorOf({ bearer }: Caller): AuditActor {
  if (bearer === null) return { who: null, by: 'nobody', accountId: null };
  const by = bearer.kind === 'token' ? 'token' : bearer.account ? 'person' : 'machine';
  return { who: bearer.name, by, accountId: bearer.account?.id ?? null };
}

export async function writeAudit(
  store: { readonly db: Reader },
  entry: AuditActor & Pick<AuditEntry, 'action' | 'target' | 'address' | 'outcome' | 'code'>,
  at: number,
): Promise<void> {
  const { target } = entry;
  await store.db
    .insertInto('audit')
    .values({
      at,
      who: entry.who,
      by: entry.by,
      account_id: entry.accountId,
      action: entry.action,
      target_kind: target?.kind ?? null,
      target_id: target?.id ?? null,
      target_name: target?.name ?? null,
      address: entry.address,
      outcome: entry.outcome,
      code: entry.code,
    })
    .execute();
}

/** Newest first. */
export async function listAudit(
  reader: Reader,
  { cursor, limit, ...filter }: AuditFilter & { readonly cursor?: string | undefined; readonly limit: number },
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(cursor, 10);
  if (!(before >= 0)) throw badCursor();
  const rows = await matching(reader, filter, before)
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  return { items: page.map(showEntry), nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null };
}

/** All that match, newest first, as many at a time as memory does not mind. */
export async function* allAudit(reader: Reader, filter: AuditFilter): AsyncGenerator<AuditEntry> {
  const atOnce = 500;
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const rows = await matching(reader, filter, before).limit(atOnce).execute();
    yield* rows.map(showEntry);
    const last = rows.at(-1);
    if (!last || rows.length < atOnce) return;
    before = Number(last.id);
  }
}

function matching(reader: Reader, { who, action, target, outcome, from, to }: AuditFilter, before: number) {
  return reader
    .selectFrom('audit')
    .selectAll()
    .where('id', '<', before)
    .$if(who !== undefined, (find) => find.where(holds('who', who ?? '')))
    .$if(action !== undefined, (find) => find.where('action', '=', action ?? ''))
    .$if(target !== undefined, (find) => find.where((e) => e.or([e('target_id', '=', target ?? ''), holds('target_name', target ?? '')])))
    .$if(outcome !== undefined, (find) => find.where('outcome', '=', outcome ?? 'done'))
    .$if(from !== undefined, (find) => find.where('at', '>=', from ?? 0))
    .$if(to !== undefined, (find) => find.where('at', '<=', to ?? 0))
    .orderBy('id', 'desc');
}

/** Whether a name has a part in it, whatever its case. */
const holds = (column: 'who' | 'target_name', part: string) =>
  sql<SqlBool>`lower(${sql.ref(column)}) like ${`%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;

function showEntry(row: AuditRow): AuditEntry {
  return {
    id: Number(row.id),
    at: row.at,
    who: row.who,
    by: row.by,
    action: row.action,
    target: row.target_kind === null ? null : { kind: row.target_kind, id: row.target_id, name: row.target_name },
    address: row.address,
    outcome: row.outcome,
    code: row.code,
  };
}

const csvHead = ['id', 'at', 'who', 'by', 'action', 'target_kind', 'target_id', 'target_name', 'address', 'outcome', 'code'];

/** A log as a file, line by line. */
export const formats = {
  csv: {
    mediaType: 'text/csv; charset=utf-8',
    head: `${csvHead.join(',')}\r\n`,
    line: ({ id, at, who, by, action, target, address, outcome, code }: AuditEntry) =>
      `${[id, new Date(at).toISOString(), who, by, action, target?.kind, target?.id, target?.name, address, outcome, code].map(cell).join(',')}\r\n`,
  },
  jsonl: { mediaType: 'application/x-ndjson', head: '', line: (entry: AuditEntry) => `${JSON.stringify(entry)}\n` },
} as const;

/** Quoted where it must be; what a spreadsheet would take for a formula stays a text. */
function cell(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
