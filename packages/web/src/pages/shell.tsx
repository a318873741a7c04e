// What stands around every page: the way to the others, whether the page is live, and the banner when it is not.

import { contract } from '@mainstay/wire/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate, useRouter } from '@tanstack/react-router';
import { LogOut, Search, UserRound } from 'lucide-react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { seesInPart, useAccess } from '../parts/access.ts';
import { Keyboard, openPalette } from '../parts/keyboard.tsx';
import { LanguageSwitch } from '../parts/language-switch.tsx';
import { ActionsProvider } from '../parts/server-actions.tsx';
import { paths, patterns } from '../paths.ts';
import { agentsQuery, queryClient, serversQuery, sessionQuery, stream } from '../queries.ts';
import { ageText, clockText } from '../ui/age.ts';
import { Brand } from '../ui/brand.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';

export function Shell() {
  useFocusOnNavigation();
  useAccessNews();
  return (
    <ActionsProvider>
      <a
        href="#content"
        className="sr-only rounded-control bg-panel px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {text.skip}
      </a>
      <div className="grid min-h-dvh grid-cols-[184px_minmax(0,1fr)] max-md:grid-cols-1 max-md:grid-rows-[auto_1fr]">
        <Navigation />
        <div className="min-w-0">
          <LiveBanner />
          <main id="content" className="max-w-[1440px] px-7 py-5 max-md:p-3.5">
            <Outlet />
          </main>
        </div>
      </div>
      <Keyboard />
    </ActionsProvider>
  );
}

const linkClass =
  'flex min-h-8 items-center justify-between gap-2 rounded-control px-2 text-ink-soft hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-[550] aria-[current=page]:text-ink pointer-coarse:min-h-11';

function Navigation() {
  const { data: servers } = useQuery(serversQuery);
  const { data: agents } = useQuery(agentsQuery);
  // A server’s own page is among the servers too, though its address does not begin with theirs.
  const atServers = useLocation({
    select: ({ pathname }) =>
      ![patterns.hosts, patterns.templates, patterns.notifications, patterns.settings, patterns.account].some((path) =>
        pathname.startsWith(path),
      ),
  });
  const hostsHidden = useHostsHidden();
  const standing = servers?.filter(({ state }) => state !== 'deleted').length;
  return (
    <nav
      aria-label={text.navigation.label}
      className="sticky top-0 flex h-dvh flex-col gap-0.5 border-r border-line px-3 py-4 max-md:static max-md:h-auto max-md:flex-row max-md:flex-wrap max-md:items-center max-md:border-r-0 max-md:border-b max-md:py-1.5"
    >
      <div className="px-2 pt-1 pb-4 max-md:mr-auto max-md:p-0">
        <Brand />
      </div>
      {/* Rows of their own on a phone: beside the rest there is no room for all of them. */}
      <div className="flex flex-col gap-0.5 max-md:order-last max-md:w-full max-md:flex-row max-md:flex-wrap">
        <Link {...paths.servers()} className={linkClass} aria-current={atServers ? 'page' : undefined} activeProps={{}}>
          {text.navigation.servers}
          <Count of={standing} />
        </Link>
        <Link {...paths.hosts()} className={linkClass}>
          {text.navigation.hosts}
          <Count of={hostsHidden ? undefined : agents?.length} />
        </Link>
        <Link {...paths.templates()} className={linkClass}>
          {text.navigation.templates}
        </Link>
        <Link {...paths.notifications()} className={linkClass}>
          {text.navigation.notifications}
        </Link>
        <Link {...paths.settings()} className={linkClass}>
          {text.navigation.settings}
        </Link>
      </div>
      <button
        type="button"
        onClick={openPalette}
        className="flex min-h-8 items-center justify-between gap-2 rounded-control px-2 whitespace-nowrap text-ink-soft hover:text-ink max-md:hidden pointer-coarse:min-h-11"
      >
        {text.palette.open}
        <kbd className="rounded-tag border border-line px-1.25 font-mono text-[11px]/4 text-ink-faint pointer-coarse:hidden">
          {text.palette.keys}
        </kbd>
      </button>
      <div className="mt-auto flex flex-col items-start gap-2 max-md:mt-0 max-md:flex-row max-md:items-center max-md:gap-0">
        <LiveLine />
        <span className="md:hidden">
          <Button kind="quiet" size="small" label={text.palette.open} onPress={openPalette}>
            <Search size={14} aria-hidden="true" />
          </Button>
        </span>
        <LanguageSwitch />
        <SignOut />
      </div>
    </nav>
  );
}

/** None is shown, and there may well be some. */
function useHostsHidden(): boolean {
  const { data: agents } = useQuery(agentsQuery);
  useAccess();
  return agents?.length === 0 && seesInPart();
}

function Count({ of }: { readonly of: number | undefined }) {
  return of === undefined ? null : <span className="text-small font-normal text-ink-faint max-md:hidden">{of}</span>;
}

function LiveLine() {
  const status = useSyncExternalStore(stream.watchStatus, stream.status);
  const { data: agents = [] } = useQuery(agentsQuery);
  const hostsHidden = useHostsHidden();
  const unheard = agents.filter(({ online }) => !online).length;
  const dot = { live: 'bg-running', connecting: 'bg-ink-faint', broken: 'bg-unheard' }[status.kind];
  return (
    <p className="px-2 text-small leading-4.5 text-ink-faint max-md:hidden">
      <span className={`mr-1.5 inline-block size-1.5 rounded-full align-[2px] ${dot}`} />
      {text.live[status.kind]}
      <br />
      {hostsHidden ? null : text.live.hosts(agents.length, unheard)}
    </p>
  );
}

function SignOut() {
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const { mutate, isPending } = useMutation({
    mutationFn: () => call(contract.signOut, {}),
    // Whatever the answer, who presses this wants to see nothing more here.
    onSettled: async () => {
      stream.close();
      queryClient.clear();
      await navigate(paths.signIn());
    },
  });
  return (
    <div className="flex flex-col items-start max-md:ml-1 max-md:flex-row max-md:items-center">
      <Link {...paths.account()} className={buttonClass({ kind: 'quiet', size: 'small' })} title={text.navigation.account}>
        <UserRound size={14} aria-hidden="true" />
        <span className="max-w-28 truncate max-md:sr-only">{session?.name ?? text.navigation.account}</span>
      </Link>
      <Button
        kind="quiet"
        size="small"
        pending={isPending}
        hint={session ? text.navigation.signedInAs(session.name) : null}
        onPress={() => mutate()}
      >
        <LogOut size={14} aria-hidden="true" />
        <span className="max-md:sr-only">{text.navigation.signOut}</span>
      </Button>
    </div>
  );
}

/** Says that what may be done became more or less. Views draw it themselves, and keep what is being typed. */
function useAccessNews(): void {
  const { data: session } = useQuery(sessionQuery);
  const access = session && JSON.stringify(session.access);
  const known = useRef(access);
  useEffect(() => {
    if (access === undefined || access === known.current) return;
    if (known.current !== undefined) notify({ tone: 'news', title: text.accessChanged });
    known.current = access;
  }, [access]);
}

/** Not hearing means not knowing: it is said over everything, with the age of what is shown. */
function LiveBanner() {
  const status = useSyncExternalStore(stream.watchStatus, stream.status);
  return (
    <div role="status" className="sticky top-0 z-10">
      {status.kind === 'broken' ? (
        <p className="border-b border-unheard-line bg-unheard-panel px-7 py-2 max-md:px-3.5">
          <strong className="font-[600] text-unheard">{text.live.banner(clockText(status.since, Date.now()))}</strong>{' '}
          <span className="text-ink-soft" aria-live="off">
            <Ticking words={(now) => text.live.bannerAge(ageText(now - status.since))} />
          </span>
        </p>
      ) : null}
    </div>
  );
}

/** After a change of view the focus goes to its heading, so that it is read out and Tab goes on from there. */
function useFocusOnNavigation() {
  const router = useRouter();
  const first = useRef(true);
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged }) => {
        if (!first.current && pathChanged) document.querySelector('h1')?.focus({ preventScroll: true });
        first.current = false;
      }),
    [router],
  );
}
