// Signing in by the one-time link that the manager's terminal prints. The code stands in the fragment, which no server
// and no log sees; it is used once, as the page is entered, and taken out of the address.

import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import { redirect, useLocation } from '@tanstack/react-router';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { LanguageSwitch } from '../parts/language-switch.tsx';
import { paths } from '../paths.ts';
import { patiently } from '../patiently.ts';
import { queryClient } from '../queries.ts';
import { Brand } from '../ui/brand.tsx';
import { Copy } from '../ui/copy.tsx';

/** Why the link that was opened did not sign in. */
type Trouble = 'used' | 'limited' | 'broken';

declare module '@tanstack/react-router' {
  interface HistoryState {
    signInTrouble?: Trouble;
  }
}

/** Uses the code in the address, if there is one, and leads on: to the servers, or back here without the code. */
export async function signInByLink(hash: string): Promise<void> {
  const code = new URLSearchParams(hash).get('code');
  if (code === null) return;
  try {
    await patiently(() => call(contract.signIn, { body: { code } }));
  } catch (error) {
    throw redirect({ ...paths.signIn(), state: { signInTrouble: troubleOf(error) }, replace: true });
  }
  queryClient.clear();
  throw redirect({ ...paths.servers(), replace: true });
}

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Fault) || error.code === 'internal') return 'broken';
  return error.code === 'rate-limited' ? 'limited' : 'used';
}

const troubles = {
  used: { title: text.signIn.used, detail: text.signIn.usedDetail },
  limited: { title: text.signIn.limited, detail: text.signIn.limitedDetail },
  broken: { title: text.signIn.broken, detail: text.signIn.brokenDetail },
} as const satisfies Record<Trouble, { title: string; detail: string }>;

export function SignInPage() {
  const why = useLocation({ select: ({ state }) => state.signInTrouble });
  const trouble = why && troubles[why];
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-5 p-6 pb-[20vh]">
      <title>{text.title(text.signIn.title)}</title>
      <Brand />
      <h1 tabIndex={-1} className="text-title font-[650] tracking-tight">
        {trouble?.title ?? text.signIn.title}
      </h1>
      {trouble ? <p className="text-ink-soft">{trouble.detail}</p> : null}
      <p className="text-ink-soft">{text.signIn.how}</p>
      <div className="rounded-panel border border-line bg-panel px-4 py-3">
        <Copy copied={text.signIn.command} />
      </div>
      <div>
        <LanguageSwitch />
      </div>
    </main>
  );
}
