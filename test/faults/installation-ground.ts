// A real installation as the checker sees it: containers asked of the engine itself, data read from the disk, and, where a
// browser is, what the list of servers shows on a page.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type State, states } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import type { Page } from 'playwright-core';
import type { Host } from '../e2e/harness/host.ts';
import type { Installation } from '../e2e/harness/installation.ts';
import type { Outside } from '../e2e/harness/outside.ts';
import { worldVolume } from '../e2e/harness/sample.ts';
import type { Ground, SeenContainer } from './seen.ts';

export interface GroundOptions {
  /** Hosts beside the installation's own. */
  readonly hosts?: readonly Host[];
  /** Engines beside this machine's. */
  readonly engines?: readonly Outside[];
  /** A page that shows the list of servers. */
  readonly page?: Page;
}

/** As much of an installation as is looked at. */
export type Grounded = Pick<Installation, 'id' | 'manager' | 'host' | 'outside' | 'call' | 'changes'>;

export function groundOf(mainstay: Grounded, { hosts = [], engines = [], page }: GroundOptions = {}): Ground {
  return {
    caller: mainstay,
    database: join(mainstay.manager.home, 'manager/mainstay.db'),
    async containers() {
      const outsides = [mainstay.outside, ...engines];
      const containers = (await Promise.all(outsides.map((outside) => outside.containersOfInstallation(mainstay.id)))).flat();
      return containers.flatMap(({ Id, Names, Labels, State: state }): SeenContainer[] => {
        const serverId = Labels['mainstay.server'];
        const name = Names[0]?.slice(1) ?? '';
        return serverId === undefined ? [] : [{ id: Id, name, serverId, runs: state === 'running' || state === 'restarting' }];
      });
    },
    async fingerprint({ id }) {
      const host = [mainstay.host, ...hosts].find((each) => existsSync(each.dataOf(id)));
      return host === undefined ? null : fingerprintOf(host, { id });
    },
    ...(page && { shownOnPage: () => shownOn(page) }),
  };
}

const keepsakes = (host: Host, { id }: Pick<Server, 'id'>) => join(host.dataOf(id), 'volumes', worldVolume.name);

/** Whether a server has a world that something can be put into. */
export const hasWorld = (host: Host, server: Pick<Server, 'id'>): boolean => existsSync(keepsakes(host, server));

/** Puts a file that no program touches into a server's world. @returns the fingerprint that its data has from now on */
export function leaveKeepsake(host: Host, server: Pick<Server, 'id'>): string {
  const name = `keepsake-${randomBytes(4).toString('hex')}`;
  writeFileSync(join(keepsakes(host, server), name), randomBytes(32_768));
  return fingerprintOf(host, server) ?? '';
}

/** A hash over every keepsake; null: there is none. */
function fingerprintOf(host: Host, server: { readonly id: string }): string | null {
  const directory = keepsakes(host, server as Server);
  if (!existsSync(directory)) return null;
  const names = readdirSync(directory).filter((name) => name.startsWith('keepsake-'));
  if (names.length === 0) return null;
  const hash = createHash('sha256');
  for (const name of names.sort()) hash.update(name).update(readFileSync(join(directory, name)));
  return hash.digest('hex');
}

/** The names in the list with the state's word that stands beside each. */
async function shownOn(page: Page): Promise<Map<string, State>> {
  const rows = await page
    .locator('tr[data-server]')
    .evaluateAll((elements) =>
      elements.map((row): [string, string[]] => [
        row.querySelector('[data-open]').textContent,
        [...row.querySelectorAll('span')].flatMap((span) => [...span.childNodes]).map((node) => node.textContent.toLowerCase()),
      ]),
    );
  return new Map(
    rows.flatMap(([name, words]) => {
      const state = states.find((each) => words.includes(each));
      return state === undefined ? [] : [[name, state] as const];
    }),
  );
}
