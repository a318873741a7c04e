// Secrets among a server's environment variables: sealed as they come in, opened only for the host that makes the
// container. One that stays the same keeps its sealing, so that a record and what was applied of it can be compared unopened.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type EnvValue, isSealed } from '@mainstay/core/server';
import type { Vault } from '../vault.ts';

/** A variable as it was asked for: plain, secret, or (null) the secret that it is. */
type WantedValue = string | { readonly secret: string } | null;

const about = (id: ServerId, name: string) => `server ${id} env ${name}`;

/**
 * The record's variables out of what was asked for.
 * @param current what the record has now
 * @throws Fault `invalid-request` when a secret is to be kept that is none
 */
export function sealEnv(
  vault: Vault,
  id: ServerId,
  wanted: Readonly<Record<string, WantedValue>>,
  current: Readonly<Record<string, EnvValue>>,
): Record<string, EnvValue> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]): [string, EnvValue] => {
      if (typeof value === 'string') return [name, value];
      const kept = Object.hasOwn(current, name) ? current[name] : undefined;
      const sealed = kept !== undefined && isSealed(kept) ? kept : null;
      if (value === null) {
        if (sealed === null) throw nothingToKeep(name);
        return [name, sealed];
      }
      const same = sealed !== null && isThis(vault, sealed.sealed, about(id, name), value.secret);
      return [name, same ? sealed : { sealed: vault.seal(value.secret, about(id, name)) }];
    }),
  );
}

/** Whether the sealing holds this secret. One that cannot be opened, its key being lost, is replaced by what was typed. */
function isThis(vault: Vault, sealed: string, use: string, secret: string): boolean {
  try {
    return vault.open(sealed, use) === secret;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

/** The variables as the container is to have them. @throws Fault `internal` when a secret cannot be opened */
export function openEnv(vault: Vault, id: ServerId, env: Readonly<Record<string, EnvValue>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isSealed(value) ? vault.open(value.sealed, about(id, name)) : value]),
  );
}

/** The variables with every secret sealed by the vault's own key, as far as it can be opened. */
export function renewEnv(vault: Pick<Vault, 'renew'>, id: ServerId, env: Readonly<Record<string, EnvValue>>): Record<string, EnvValue> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isSealed(value) ? { sealed: vault.renew(value.sealed, about(id, name)) } : value]),
  );
}

function nothingToKeep(name: string): Fault {
  const message = `“${name}” is no secret that could be kept. Give it a value.`;
  return new Fault('invalid-request', message, { extra: { errors: [{ path: `/env/${name}`, message }] } });
}
