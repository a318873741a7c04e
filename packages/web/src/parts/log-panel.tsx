// The last lines of a container's log, as they were when asked for.

import type { LogLine, Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { text } from '../messages.ts';
import { logsQuery } from '../queries.ts';
import { exactText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { detailOf } from './act.ts';

export function LogPanel({ server }: { readonly server: Server }) {
  const { data, error, isFetching, refetch } = useQuery(logsQuery(server.id));
  // A server that moved has said something about it: its new state asks again.
  const shownFor = useRef(server.state);
  useEffect(() => {
    if (shownFor.current === server.state) return;
    shownFor.current = server.state;
    void refetch();
  }, [server.state, refetch]);
  return (
    <Panel
      title={text.server.log}
      aside={
        <span className="flex items-center gap-3">
          {data ? <span className="text-small text-ink-faint">{text.server.logLines(data.lines.length)}</span> : null}
          <Button size="small" pending={isFetching} onPress={() => void refetch()}>
            {text.server.logRefresh}
          </Button>
        </span>
      }
    >
      {error ? (
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

/** Colours and cursor moves of a terminal; the console knows them, this plain view leaves them out. */
// biome-ignore lint/complexity/useRegexLiterals: the escape character is plainer by its name
const terminalCodes = new RegExp('\\u001b\\[[0-9;?]*[A-Za-z]', 'g');

function Lines({ lines }: { readonly lines: readonly LogLine[] }) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <pre
      ref={box}
      role="log"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label={text.server.log}
      className="max-h-80 overflow-auto font-mono text-[12.5px]/5"
    >
      {lines.map((line, at) => (
        <div
          key={at}
          title={line.at === null ? undefined : exactText(line.at)}
          className={line.stream === 'stderr' ? 'text-failed' : undefined}
        >
          {line.text.replace(terminalCodes, '') || ' '}
        </div>
      ))}
    </pre>
  );
}
