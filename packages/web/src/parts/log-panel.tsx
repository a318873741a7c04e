// The last lines of a container's log, kept up while it runs and somebody looks.

import { bodiless } from '@mainstay/core/settle';
import type { LogLine, Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { logsQuery } from '../queries.ts';
import { exactText } from '../ui/age.ts';
import { Panel } from '../ui/panel.tsx';
import { detailOf } from './act.ts';
import { plainLine } from './terminal-text.ts';

/** Between looks at the log of a server that runs: as quick as an eye that waits for a line. */
const lookEveryMs = 3000;

export function LogPanel({ server }: { readonly server: Server }) {
  const none = bodiless(server.state);
  const { data, error } = useQuery({
    ...logsQuery(server.id, server.state),
    enabled: !none,
    refetchInterval: server.state === 'running' ? lookEveryMs : false,
  });
  return (
    <Panel
      title={text.server.log}
      aside={
        <Link {...paths.serverConsole(server.id)} className="text-aside text-ink-soft underline-offset-3 hover:underline">
          {text.server.console}
        </Link>
      }
    >
      {none ? (
        <p className="text-ink-soft">{text.server.logNone}</p>
      ) : error ? (
        <p className="text-ink-soft">
          {text.server.logBroken} {detailOf(error)}
        </p>
      ) : data === undefined ? (
        <p className="text-ink-faint">{text.server.logLoading}</p>
      ) : data.lines.length === 0 ? (
        <p className="text-ink-faint">{text.server.logEmpty}</p>
      ) : (
        <Lines lines={data.lines} />
      )}
    </Panel>
  );
}

/** This near to its foot, in px, whoever reads wants to see what comes. */
const footPx = 40;

function Lines({ lines }: { readonly lines: readonly LogLine[] }) {
  const box = useRef<HTMLPreElement>(null);
  const atFoot = useRef(true);
  useEffect(() => {
    if (box.current && atFoot.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <pre
      ref={box}
      role="log"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label={text.server.log}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atFoot.current = scrollHeight - scrollTop - clientHeight < footPx;
      }}
      className="max-h-80 overflow-auto font-mono text-[12.5px]/5"
    >
      {lines.map((line, at) => (
        <div
          key={at}
          title={line.at === null ? undefined : exactText(line.at)}
          className={line.stream === 'stderr' ? 'text-failed' : undefined}
        >
          {plainLine(line.text) || ' '}
        </div>
      ))}
    </pre>
  );
}
