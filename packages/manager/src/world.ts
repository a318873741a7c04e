// All that the manager's parts need of the world, passed in by `main.ts` and nowhere else made.

import type { InstallationId } from '@mainstay/core/id';
import type { Slots } from '@mainstay/core/slots';
import type { Logger } from 'pino';
import type { SettingsHeld } from './app/settings.ts';
import type { UsageNow } from './app/usage.ts';
import type { Attempts } from './attempts.ts';
import type { BuiltIn } from './built-ins.ts';
import type { Bus } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { Fleet } from './link/fleet.ts';
import type { Store } from './sql/store.ts';
import type { Sso } from './sso.ts';
import type { Vault } from './vault.ts';

export interface World {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly usage: UsageNow;
  /** Observations are taken so many at a time: when a thousand hosts come back at once, whoever asks for something else waits for few of them. */
  readonly settling: Slots;
  readonly vault: Vault;
  readonly settings: SettingsHeld;
  readonly attempts: Attempts;
  /** The identity provider; null: none is set. */
  readonly sso: Sso | null;
  /** The templates that come with Mainstay. */
  readonly builtIns: readonly BuiltIn[];
  readonly log: Logger;
  readonly installationId: InstallationId;
  /** Where people reach the page, without a slash at its end; null: nobody said. */
  readonly publicUrl: string | null;
  /** This run of this manager: the owner of the leases it takes. */
  readonly instanceId: string;
}
