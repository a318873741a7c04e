// Signing in by a one-time link: the code stands in the fragment, which no server and no log sees; it is used once, as the page is
// entered, and taken out of the address. Whoever opened the first one of all makes the owner's account next.

import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import { type HistoryState, redirect } from '@tanstack/react-router';
import { call, callAsAnybody } from './api.ts';
import { paths } from './paths.ts';
import { patiently } from './patiently.ts';
import { queryClient } from './queries.ts';

/** Why somebody stands before the sign-in: the link that was opened did not sign in, or the session is over. */
export type Trouble = 'used' | 'limited' | 'broken' | 'over';

declare module '@tanstack/react-router' {
  interface HistoryState {
    signInTrouble?: Trouble;
    /** The ticket of a sign-in whose first step was done elsewhere. */
    secondStep?: string;
  }
}

/** The code in an address. */
export const codeIn = (hash: string): string | null => new URLSearchParams(hash).get('code');

/**
 * Uses the code in the address, if there is one, and leads on: into the page, or back here without the code. Whoever is signed in
 * already is led on, too.
 */
export async function signInByLink({ hash, state }: { readonly hash: string; readonly state: HistoryState }): Promise<void> {
  const code = codeIn(hash);
  if (code === null) {
    if (state.secondStep === undefined && (await sessionNow())) throw redirect({ ...paths.servers(), replace: true });
    return;
  }
  const session = await patiently(() => call(contract.signIn, { body: { code } })).catch((error: unknown) => {
    throw redirect({ ...paths.signIn(), state: { signInTrouble: troubleOf(error) }, replace: true });
  });
  queryClient.clear();
  throw redirect({ ...(session.ownerMissing ? paths.welcome() : paths.servers()), replace: true });
}

/** The page where the first owner’s account is made, for whoever opened the first link, and only while there is none. */
export async function onlyFirstOwner(): Promise<void> {
  const session = await sessionNow();
  if (!session?.ownerMissing) throw redirect({ ...(session ? paths.servers() : paths.signIn()), replace: true });
}

/** Who is signed in; null: nobody, as far as can be known. */
const sessionNow = () => callAsAnybody(contract.getSession, {}).catch(() => null);

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Fault) || error.code === 'internal') return 'broken';
  return error.code === 'rate-limited' ? 'limited' : 'used';
}
