// The command palette: every server, every action that is open on it, and the pages, found by a few letters.

import { Dialog as Base } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useMemo, useRef, useState } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { serversQuery } from '../queries.ts';
import { type Command, findCommands, type PageName } from './commands.ts';
import { useActions } from './server-actions.tsx';
import { StateMark } from './state-mark.tsx';

export interface PaletteProps {
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

export function Palette({ onClose, onHelp }: PaletteProps) {
  const { data: servers } = useQuery(serversQuery);
  const { take } = useActions();
  const navigate = useNavigate();
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => findCommands(typed, servers ?? []), [typed, servers]);
  const marked = Math.min(at, found.length - 1);

  const pages: Record<PageName, () => void> = {
    servers: () => void navigate(paths.servers()),
    newServer: () => void navigate(paths.newServer()),
    templates: () => void navigate(paths.templates()),
    hosts: () => void navigate(paths.hosts()),
    notifications: () => void navigate(paths.notifications()),
    deleted: () => void navigate(paths.servers({ state: 'deleted' })),
    help: onHelp,
  };
  const choose = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    if (command.kind === 'page') pages[command.page]();
    else if (command.kind === 'open') void navigate(paths.server(command.server.id));
    else take(command.server, command.offer);
  };
  const move = (to: number) => {
    const next = (to + found.length) % Math.max(1, found.length);
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-30 bg-veil" />
        <Base.Popup className="fixed top-[10vh] left-1/2 z-40 flex max-h-[70vh] w-[min(38rem,calc(100vw-2rem))] -translate-x-1/2 flex-col rounded-panel border border-line bg-panel">
          <Base.Title className="sr-only">{text.palette.title}</Base.Title>
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={marked >= 0 ? `${listId}-${marked}` : undefined}
            aria-autocomplete="list"
            aria-label={text.palette.title}
            placeholder={text.palette.placeholder}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={typed}
            onChange={({ target }) => {
              setTyped(target.value);
              setAt(0);
            }}
            onKeyDown={(event) => {
              if (event.nativeEvent.isComposing) return;
              if (event.key === 'ArrowDown') move(marked + 1);
              else if (event.key === 'ArrowUp') move(marked - 1);
              else if (event.key === 'Enter') choose(found[marked]);
              else return;
              event.preventDefault();
            }}
            className="min-h-11 border-b border-line bg-transparent px-4 outline-none placeholder:text-ink-faint"
          />
          <div ref={list} id={listId} role="listbox" aria-label={text.palette.results} className="overflow-auto p-1 empty:hidden">
            {found.map((command, place) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
              <div
                key={`${command.kind} ${command.key}`}
                id={`${listId}-${place}`}
                role="option"
                tabIndex={-1}
                aria-selected={place === marked}
                onClick={() => choose(command)}
                onPointerMove={() => setAt(place)}
                className="flex min-h-8 cursor-pointer items-center gap-3 rounded-control px-3 select-none aria-selected:bg-hover pointer-coarse:min-h-11"
              >
                <span className="min-w-0 flex-1 truncate">{command.label}</span>
                {command.kind === 'page' ? (
                  <span className="text-small text-ink-faint">{text.palette.page}</span>
                ) : (
                  <>
                    <span className="truncate text-small text-ink-faint">{command.server.host.name}</span>
                    <span className="text-small">
                      <StateMark server={command.server} />
                    </span>
                  </>
                )}
              </div>
            ))}
          </div>
          {found.length === 0 ? <p className="px-4 py-3 text-ink-soft">{text.palette.none}</p> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
