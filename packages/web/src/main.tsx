// The page's beginning: the stream, the cache and the router are tied together here, and nowhere else.

import { contract } from '@mainstay/wire/contract';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { call, onSignedOut } from './api.ts';
import { loadTheRest, NotLoaded } from './later.ts';
import { language } from './messages.ts';
import { paths, patterns } from './paths.ts';
import { applyChanges, askAgain, queryClient, sessionQuery, stream } from './queries.ts';
import { router } from './router.tsx';
import { HintLayer } from './ui/hint.tsx';
import { Toasts } from './ui/toast.tsx';
import './styles.css';

stream.onChanges(applyChanges);
stream.onReturn = askAgain;
// An answer that is no stream may mean that the session is over; asking who is signed in tells, and a 401 leads out.
stream.onRefused = () => void call(contract.getSession, {}).catch(() => undefined);

/** A glance at another tab is no leaving. */
const restAfterMs = 5_000;
let leaving: ReturnType<typeof setTimeout> | undefined;
document.addEventListener('visibilitychange', () => {
  clearTimeout(leaving);
  if (document.visibilityState === 'visible') stream.wake();
  else leaving = setTimeout(() => stream.rest(), restAfterMs);
});

// A page that was left is kept for going back to, and would keep its stream with it: a few of them, and nothing loads any more.
addEventListener('pagehide', () => stream.rest());
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) stream.wake();
});

/** Whether somebody was signed in on this page: whoever presses on while they are led out was so, too. */
let known = false;
onSignedOut(() => {
  stream.close();
  known ||= queryClient.getQueryData(sessionQuery.queryKey) !== undefined;
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  // Those who are let in by a link of their own are nobody until they have used it.
  const unknown: readonly string[] = [patterns.signIn, patterns.sso, patterns.invitation, patterns.reset];
  // Where it is going, if it is: several answers of 401 lead out once.
  const { pathname, href } = router.latestLocation;
  if (unknown.includes(pathname)) return;
  const wanted = pathname === patterns.servers ? {} : { to: href };
  void router.navigate({ ...paths.signIn(wanted), state: known ? { signInTrouble: 'over' } : {} }).then(() => queryClient.clear());
});

document.documentElement.lang = language;
// Where something of the page could not be had, it is about to be loaded anew: what began now would end in its middle.
if (document.documentElement.dataset['incomplete'] === undefined) begin();

function begin(): void {
  // Everything that index.html asked for is here: what is loaded from now on is seen to by whoever asks for it.
  document.documentElement.dataset['stands'] = 'true';
  sessionStorage.removeItem('mainstay.loads');

  const page = document.getElementById('page');
  if (page === null) throw new Error('index.html has no #page');
  createRoot(page, {
    // What could not be loaded is said in its place, and is no error of the page.
    onCaughtError: (error) => (error instanceof NotLoaded ? console.info(error.message) : console.error(error)),
  }).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
        <HintLayer />
      </QueryClientProvider>
    </StrictMode>,
  );

  const whenQuiet = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 2000));
  whenQuiet(loadTheRest, { timeout: 5000 });
}
