// A name is free when no server and no container of ours has it: both are looked up at every creation, whatever their number.

import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Few containers have another name than their server.
  await db.schema
    .createIndex('servers_by_container_name')
    .on('servers')
    .column('container_name')
    .where(sql.ref('container_name'), 'is not', null)
    .execute();
}
