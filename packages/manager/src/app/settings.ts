// What holds for the whole installation: kept in the store, held in memory by this one manager, told to the hosts that see to
// some of it themselves.

import { defaultRetentionHours } from '@mainstay/core/retention';
import { type Settings, settings } from '@mainstay/wire/settings';
import type { Reader, Store } from '../sql/store.ts';
import type { World } from '../world.ts';
import { change } from './journal.ts';

const key = 'installation-settings';

const usual: Settings = { retentionHours: defaultRetentionHours, finalArchive: false, trashDays: 7 };

/** The settings as they are now. */
export class SettingsHeld {
  #now: Settings;

  constructor(now: Settings) {
    this.#now = now;
  }

  get now(): Settings {
    return this.#now;
  }

  become(next: Settings): void {
    this.#now = next;
  }
}

/** As they were left; what is not known of them is as usual. */
export async function loadSettings(store: Store): Promise<SettingsHeld> {
  return new SettingsHeld(await readSettings(store.db));
}

async function readSettings(reader: Reader): Promise<Settings> {
  const row = await reader.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  const kept = row ? settings.partial().safeParse(JSON.parse(row.value)) : null;
  return { ...usual, ...(kept?.success ? defined(kept.data) : {}) };
}

/** Changes what is given. */
export async function changeSettings(world: World, who: string, wanted: Parameters<typeof defined>[0]): Promise<Settings> {
  const next = await change(world, async ({ writer, append }) => {
    // As they are now, in this transaction: of two changes at once neither undoes the other.
    const before = await readSettings(writer);
    const after: Settings = { ...before, ...defined(wanted) };
    const changed = (Object.keys(after) as (keyof Settings)[]).filter((name) => after[name] !== before[name]);
    if (changed.length === 0) return null;
    const value = JSON.stringify(after);
    await writer
      .insertInto('settings')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
    await append({ cause: { by: 'person', who }, happening: { kind: 'settings-changed', settings: changed } });
    return after;
  });
  if (next === null) return world.settings.now;
  world.settings.become(next);
  // When what is deleted will go is shown everywhere, and follows from these.
  const deleted = await world.store.db.selectFrom('servers').select('id').where('state', '=', 'deleted').execute();
  world.bus.publish({ topic: 'shown', servers: deleted.map(({ id }) => id) });
  for (const { agentId } of world.fleet.members()) tellSettings(world, agentId);
  return next;
}

/** Tells a host what it sees to itself; one that does not hear it is told when it connects again. */
export function tellSettings(world: World, agentId: Parameters<World['fleet']['online']>[0]): void {
  const { trashDays } = world.settings.now;
  world.fleet
    .ask(agentId, 'host.settings', { trashDays }, { timeoutMs: tellTimeoutMs })
    .catch((error: unknown) => world.log.info({ agent: agentId, error }, 'a host was not told the settings'));
}

const tellTimeoutMs = 10_000;

/** Without what was left out. */
function defined(wanted: { readonly [Name in keyof Settings]?: Settings[Name] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
