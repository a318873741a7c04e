// One line to the program's console. It is sent when the manager says so, and said why when it cannot be.

import { contract } from '@mainstay/wire/contract';
import { consoleInput, type Server } from '@mainstay/wire/servers';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { controlClass } from '../ui/field.tsx';
import { refusalHere, useAccess } from './access.ts';
import { detailOf } from './act.ts';
import { keepCommand, readCommands } from './command-history.ts';
import { silenceOf } from './hearing.ts';

export interface CommandFieldProps {
  readonly server: Server;
  readonly onSend: (command: string) => void;
  /** What the program answered, where its console answers; elsewhere the answer comes with the log. */
  readonly onAnswer: (answer: string) => void;
}

function refusalOf(server: Server): string | null {
  const forbidden = refusalHere('operate', { kind: 'server', serverId: server.id, agentId: server.agentId });
  if (forbidden !== null) return forbidden;
  if (server.console.via === 'none') return text.console.takesNone;
  if (server.state !== 'running') return text.console.notRunning;
  return silenceOf(server) === null ? null : text.console.notHeard(server.host.name);
}

export function CommandField({ server, onSend, onAnswer }: CommandFieldProps) {
  const id = useId();
  useAccess();
  const [commands, setCommands] = useState(() => readCommands(server.id));
  const [line, setLine] = useState('');
  /** Where in the history the field stands; behind its end: what is being typed. */
  const [at, setAt] = useState(commands.length);
  const [draft, setDraft] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: (sent: string) => call(contract.sendConsole, { params: { serverId: server.id }, body: { line: sent } }),
    // Before the answer, which may well be in the log sooner than the manager has said that it was sent.
    onMutate: onSend,
    onSuccess: ({ answer }, sent) => {
      if (answer !== null) onAnswer(answer);
      const next = keepCommand(server.id, sent);
      setCommands(next);
      setAt(next.length);
      setLine('');
      setDraft('');
    },
    onError: (error) => setWrong(detailOf(error)),
  });
  const refusal = refusalOf(server);

  const walk = (step: -1 | 1) => {
    const next = Math.min(Math.max(0, at + step), commands.length);
    if (next === at) return;
    if (at === commands.length) setDraft(line);
    setAt(next);
    setLine(next === commands.length ? draft : (commands[next] ?? ''));
  };

  return (
    <form
      className="border-t border-line px-3 py-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal !== null || isPending) return;
        const checked = consoleInput.safeParse({ line });
        if (checked.success) {
          setWrong(null);
          mutate(line);
        } else setWrong(checked.error.issues[0]?.message ?? null);
      }}
    >
      <div className="flex items-center gap-2">
        <span aria-hidden="true" className="font-mono text-ink-faint">
          &gt;
        </span>
        <input
          value={line}
          aria-label={text.console.command}
          placeholder={text.console.command}
          aria-disabled={refusal !== null || undefined}
          readOnly={refusal !== null || isPending}
          aria-invalid={wrong !== null || undefined}
          aria-describedby={id}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          onChange={({ target }) => {
            setLine(target.value);
            setAt(commands.length);
            setWrong(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
            event.preventDefault();
            walk(event.key === 'ArrowUp' ? -1 : 1);
          }}
          className={`${controlClass} font-mono text-[12.5px] aria-disabled:border-line aria-disabled:bg-page`}
        />
        <Button type="submit" refusal={refusal} pending={isPending}>
          {text.console.send}
        </Button>
      </div>
      <p
        id={id}
        className={`mt-1 pl-4 text-small ${wrong === null ? 'text-ink-faint' : 'text-failed'}`}
        role={wrong === null ? undefined : 'alert'}
      >
        {wrong ?? refusal ?? (server.console.via === 'none' ? null : text.console.hints[server.console.via])}
      </p>
    </form>
  );
}
