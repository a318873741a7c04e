// One server: its name, its state, its sentence and its buttons, and the way to its views below.

import { Fault } from '@mainstay/core/fault';
import { idPattern, type ServerId } from '@mainstay/core/id';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { CurrentServer } from '../parts/current-server.ts';
import { NotThere } from '../parts/not-there.tsx';
import { ServerButtons } from '../parts/server-buttons.tsx';
import { ServerSentence } from '../parts/server-sentence.tsx';
import { StateAge, StateMark } from '../parts/state-mark.tsx';
import { paths, patterns } from '../paths.ts';
import { serverQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';

export function ServerPage() {
  const { serverId } = useParams({ from: `/shell${patterns.server}` });
  // What could be no id is not asked for.
  return idPattern.test(serverId) ? (
    <KnownServer key={serverId} serverId={serverId as ServerId} />
  ) : (
    <NoServer title={text.server.unknown} />
  );
}

function KnownServer({ serverId }: { readonly serverId: ServerId }) {
  const asked = useQuery(serverQuery(serverId));
  const { data: server, error } = asked;
  if (server === null) return <NoServer title={text.server.purged} detail={text.server.purgedDetail} />;
  // What was shown a moment ago is not any more: what is held of it is no longer theirs to see.
  if (error instanceof Fault && error.code === 'not-found') {
    return server === undefined ? (
      <NoServer title={text.server.unknown} detail={text.server.unknownDetail} />
    ) : (
      <NoServer title={text.server.hidden} detail={text.server.hiddenDetail} />
    );
  }
  if (server === undefined) {
    return <NotThere loading={text.server.loading} broken={text.server.broken} asked={[asked]} />;
  }
  return (
    <CurrentServer value={server}>
      <article data-state={server.state} data-server={server.id}>
        <PageHead title={server.name}>
          <ServerButtons server={server} size="normal" />
        </PageHead>
        <div className="-mt-2 mb-4 flex flex-wrap items-center gap-x-3 gap-y-1">
          <StateMark server={server} />
          <StateAge server={server} />
          <ServerSentence server={server} className="min-w-0 text-aside text-ink-soft wrap-anywhere" />
        </div>
        <Views serverId={serverId} />
        <Outlet />
      </article>
    </CurrentServer>
  );
}

const viewClass =
  '-mb-px flex min-h-9 items-center border-b-2 border-transparent px-0.5 text-ink-soft hover:text-ink aria-[current=page]:border-ink aria-[current=page]:font-[550] aria-[current=page]:text-ink pointer-coarse:min-h-11';

function Views({ serverId }: { readonly serverId: ServerId }) {
  return (
    <nav
      aria-label={text.server.views}
      className="mb-4 flex gap-5 max-md:gap-3.5 overflow-x-auto [scrollbar-width:none] overflow-y-hidden border-b border-line"
    >
      <Link {...paths.server(serverId)} activeOptions={{ exact: true }} className={viewClass}>
        {text.server.overview}
      </Link>
      <Link {...paths.serverConsole(serverId)} className={viewClass}>
        {text.server.console}
      </Link>
      <Link {...paths.serverCharts(serverId)} activeOptions={{ includeSearch: false }} className={viewClass}>
        {text.server.charts}
      </Link>
      <Link {...paths.serverHistory(serverId)} className={viewClass}>
        {text.server.history}
      </Link>
      <Link {...paths.serverSettings(serverId)} className={viewClass}>
        {text.server.settings}
      </Link>
    </nav>
  );
}

function NoServer({ title, detail }: { readonly title: string; readonly detail?: string }) {
  return (
    <>
      <title>{text.title(title)}</title>
      <Face
        level={1}
        shape="dashed-ring"
        title={title}
        next={
          <Link {...paths.servers()} className={buttonClass()}>
            {text.server.back}
          </Link>
        }
      >
        {detail ? <p>{detail}</p> : null}
      </Face>
    </>
  );
}
