// What people prove themselves with, over HTTP.

import { Fault } from '@mainstay/core/fault';
import type { FastifyRequest } from 'fastify';
import { type Caller, personOf, recently } from '../app/credentials.ts';
import { factorsOf, removeFactors } from '../app/factors.ts';
import { addPasskey, type Place, registrationOptions, removePasskey } from '../app/passkeys.ts';
import { confirmTotp, newTotp, removeTotp } from '../app/totp.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

type Names =
  | 'getFactors'
  | 'createTotp'
  | 'confirmTotp'
  | 'removeTotp'
  | 'registerPasskey'
  | 'addPasskey'
  | 'removePasskey'
  | 'removeFactors';

export function factorHandlers(world: World): Handlers<Names> {
  /** Who changes with what they sign in. */
  const recent = (caller: Caller) => recently(world.clock, personOf(caller));
  return {
    getFactors: async (_, { caller }) => factorsOf(world, personOf(caller).bearer.account.id),
    createTotp: async (_, { caller }) => newTotp(world, recent(caller)),
    confirmTotp: async ({ body }, { caller }) => ({ codes: await confirmTotp(world, recent(caller), body) }),
    removeTotp: async (_, { caller }) => {
      await removeTotp(world.store.db, recent(caller).bearer.account.id);
      return undefined;
    },
    registerPasskey: async (_, { caller, request }) => ({
      options: { ...(await registrationOptions(world, recent(caller), placeOf(world, request))) },
    }),
    addPasskey: async ({ body }, { caller, request }) => {
      await addPasskey(world, recent(caller), placeOf(world, request), body);
      return factorsOf(world, personOf(caller).bearer.account.id);
    },
    removePasskey: async ({ params }, { caller }) => {
      await removePasskey(world, recent(caller), params.passkeyId);
      return undefined;
    },
    removeFactors: async ({ params }) => {
      await removeFactors(world, params.accountId);
      return undefined;
    },
  };
}

/**
 * Where the page is that a request came from: what was set; else where it was sent to, as far as that is here. What a trusted proxy says
 * of it is believed.
 * @throws Fault `invalid-request` for another port: whoever answers there could pass on what was made for their page as made for ours
 */
export function placeOf({ publicUrl }: World, request: FastifyRequest): Place {
  const url = new URL(publicUrl ?? `${request.protocol}://${request.host}`);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const proxied = (request.ips?.length ?? 0) > 1;
  if (publicUrl === null && !proxied && port !== request.socket.localPort) {
    throw new Fault('invalid-request', 'The page’s address is not known here. Set MAINSTAY_PUBLIC_URL on the manager to what people type.');
  }
  return { origin: url.origin, host: url.hostname };
}
