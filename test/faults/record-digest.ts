// What a request could have changed of the record, in short, read beside the manager. What the manager notes by itself (what is
// seen and used, when somebody was here, who tried what) is no part of it.

import { createHash } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** What of each table is people's own: columns. */
const theirs: Readonly<Record<string, string>> = {
  servers: 'id, agent_id, name, image, env_json, volumes_json, limits_json, restart, intent, retention_json, quota_json, revision',
  port_allocations: 'agent_id, protocol, host_port, server_id',
  operations: 'id, kind',
  bulks: 'id',
  agents: 'id, name, draining, public_key',
  accounts: 'id, name, grants_json, password_hash, totp_sealed, disabled',
  passkeys: 'id, account_id, name',
  templates: '*',
  template_versions: '*',
  channels: 'id, name',
  rules: 'id, name',
  rule_channels: '*',
};

/** By table. */
export type Digest = ReadonlyMap<string, string>;

/** Beside these: all settings but the place up to which the notifications have read. */
const settings = "select * from settings where key <> 'told-until' order by 1";

export class RecordDigest {
  readonly #database: DatabaseSync;
  readonly #statements: readonly (readonly [table: string, statement: StatementSync])[];
  readonly #open: StatementSync;
  readonly #version: StatementSync;
  #seen: { readonly version: unknown; readonly digest: Digest } | null = null;

  constructor(file: string) {
    const database = new DatabaseSync(file, { readOnly: true });
    this.#database = database;
    this.#statements = [
      ['settings', database.prepare(settings)],
      ...Object.entries(theirs).map(([table, columns]) => [table, database.prepare(`select ${columns} from ${table} order by 1`)] as const),
    ];
    this.#open = database.prepare('select count(*) as count from operations where ended_at is null');
    this.#version = database.prepare('pragma data_version');
  }

  /** The very same as long as nobody has written anything. */
  get(): Digest {
    const version = this.#version.get()?.['data_version'];
    if (this.#seen?.version === version) return this.#seen?.digest ?? new Map();
    this.#database.exec('begin');
    const digest = new Map(this.#statements.map(([table, statement]) => [table, hashOf(statement.all())]));
    this.#database.exec('commit');
    this.#seen = { version, digest };
    return digest;
  }

  /** How many operations are under way: what they do to the record is nobody's request of this moment. */
  get open(): number {
    return Number(this.#open.get()?.['count']);
  }

  close(): void {
    this.#database.close();
  }
}

/** The tables that are not as they were. */
export function changedBetween(before: Digest, after: Digest): string[] {
  return before === after ? [] : [...before.keys()].filter((table) => before.get(table) !== after.get(table));
}

const hashOf = (rows: unknown): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex');
