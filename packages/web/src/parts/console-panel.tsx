// A server's console: its log as it comes, in colour, and a field for commands, by the way that its record says.

import { pathOf } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { LogLine, Server } from '@mainstay/wire/servers';
import { ArrowDown, ArrowUp, Download, Eraser, History, Pause, Play, Search } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { download } from '../ui/download.ts';
import { Shape } from '../ui/shape.tsx';
import { CommandField } from './command-field.tsx';
import { type ConsoleStatus, ConsoleStream, mostLines } from './console-stream.ts';
import { stateFaces, unheardFace } from './state-faces.ts';
import { type Found, openTerminal, type TerminalView } from './terminal.ts';
import { answerText, logText, sentLine, terminalLine } from './terminal-text.ts';

const nothingFound: Found = { at: 0, count: 0 };

interface Console {
  readonly stream: ConsoleStream;
  readonly terminal: TerminalView;
}

export function ConsolePanel({ server }: { readonly server: Server }) {
  const box = useRef<HTMLDivElement>(null);
  const held = useRef<LogLine[]>([]);
  const pausedNow = useRef(false);
  const [opened, setOpened] = useState<Console | null>(null);
  const [paused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const [sought, setSought] = useState('');
  const [found, setFound] = useState(nothingFound);

  useEffect(() => {
    if (box.current === null) return;
    const terminal = openTerminal(box.current, text.console.log(server.name), setFound);
    const stream = new ConsoleStream(pathOf(contract.followConsole, { serverId: server.id }), {
      onBegin: () => {
        held.current = [];
        setWaiting(0);
        terminal.clear();
      },
      onLines: (lines) => {
        if (pausedNow.current) {
          held.current = [...held.current, ...lines].slice(-mostLines);
          setWaiting(held.current.length);
        } else terminal.write(lines.map(terminalLine).join(''));
      },
    });
    stream.open();
    setOpened({ stream, terminal });
    return () => {
      stream.close();
      terminal.dispose();
      setOpened(null);
    };
  }, [server.id, server.name]);

  const pause = (next: boolean) => {
    pausedNow.current = next;
    setPaused(next);
    if (next) return;
    opened?.terminal.write(held.current.map(terminalLine).join(''));
    held.current = [];
    setWaiting(0);
  };

  return (
    <section aria-label={text.server.console} className="overflow-hidden rounded-panel border border-line bg-panel">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
        <p role="status" className="mr-auto flex min-w-0 items-center gap-1.75 text-aside">
          {opened ? <Status stream={opened.stream} server={server} /> : null}
          {paused ? <span className="text-missing">{text.console.paused(waiting)}</span> : null}
        </p>
        <search className="flex items-center gap-1 max-md:order-last max-md:w-full">
          <span className="relative flex items-center max-md:flex-1">
            <Search size={14} aria-hidden="true" className="pointer-events-none absolute left-2 text-ink-faint" />
            <input
              type="search"
              aria-label={text.console.search}
              placeholder={text.console.search}
              value={sought}
              onChange={({ target }) => {
                setSought(target.value);
                opened?.terminal.find(target.value, 'typed');
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                opened?.terminal.find(sought, event.shiftKey ? 'previous' : 'next');
              }}
              className="min-h-7 w-60 rounded-control border border-edge bg-panel pr-18 pl-7 text-aside placeholder:text-ink-faint max-md:w-full pointer-coarse:min-h-11 [&::-webkit-search-cancel-button]:hidden"
            />
            {sought === '' ? null : (
              <span role="status" className="absolute right-2 text-small text-ink-faint">
                {text.console.found(found.at, found.count)}
              </span>
            )}
          </span>
          <Tool label={text.console.previous} onPress={() => opened?.terminal.find(sought, 'previous')}>
            <ArrowUp size={14} aria-hidden="true" />
          </Tool>
          <Tool label={text.console.next} onPress={() => opened?.terminal.find(sought, 'next')}>
            <ArrowDown size={14} aria-hidden="true" />
          </Tool>
        </search>
        {opened ? <EarlierTool stream={opened.stream} /> : null}
        <Tool label={paused ? text.console.resume : text.console.pause} onPress={() => pause(!paused)}>
          {paused ? <Play size={14} aria-hidden="true" /> : <Pause size={14} aria-hidden="true" />}
        </Tool>
        <Tool label={text.console.clear} hint={text.console.clearHint} onPress={() => opened?.terminal.clear()}>
          <Eraser size={14} aria-hidden="true" />
        </Tool>
        <Tool label={text.console.download} onPress={() => opened && download(logName(server.name), logText(opened.stream.lines))}>
          <Download size={14} aria-hidden="true" />
        </Tool>
      </header>
      <div className="px-3 py-2">
        <div ref={box} className="h-[max(16rem,calc(100dvh-21.5rem))] font-mono" />
      </div>
      <CommandField
        server={server}
        onSend={(command) => opened?.terminal.write(sentLine(command))}
        onAnswer={(answer) => opened?.terminal.write(answerText(answer || text.console.noAnswer))}
      />
    </section>
  );
}

/** There while the log has more than is shown. */
function EarlierTool({ stream }: { readonly stream: ConsoleStream }) {
  const earlier = useSyncExternalStore(stream.watch, stream.hasEarlier);
  if (!earlier) return null;
  return (
    <Tool label={text.console.earlier} onPress={() => stream.showEarlier()}>
      <History size={14} aria-hidden="true" />
    </Tool>
  );
}

interface ToolProps {
  readonly label: string;
  readonly hint?: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

/** A button with a picture alone, named for those who hover and those who hear. */
function Tool({ label, hint = label, onPress, children }: ToolProps) {
  return (
    <Button kind="quiet" size="small" label={label} hint={hint} onPress={onPress}>
      {children}
    </Button>
  );
}

function Status({ stream, server }: { readonly stream: ConsoleStream; readonly server: Server }) {
  const status = useSyncExternalStore(stream.watch, stream.status);
  const { shape, ink, words } = statusFace(status, server);
  return (
    <>
      <Shape name={shape} className={ink} />
      <span className={`${ink} font-[550]`}>{words}</span>
      {status.kind === 'ended' ? <span className="truncate text-ink-soft">{status.detail}</span> : null}
    </>
  );
}

function statusFace(status: ConsoleStatus, { state }: Server) {
  switch (status.kind) {
    case 'connecting':
      return { shape: 'arc', ink: 'text-ink-faint', words: text.console.connecting } as const;
    case 'following':
      return { ...stateFaces.running, words: text.console.following };
    case 'ended':
      return state === 'running'
        ? { ...unheardFace, words: text.console.waiting }
        : { ...stateFaces.stopped, shape: stateFaces[state].shape, words: text.states[state] };
    case 'broken':
      return { ...unheardFace, words: text.console.broken };
  }
}

const logName = (server: string): string => `${server}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.log`;
