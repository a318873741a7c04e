// What a host keeps of servers that were purged: asked for when somebody looks, brought back by a press, removed for good only
// by a typed name.

import type { Agent } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import type { Trash } from '@mainstay/wire/trash';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { call } from '../api.ts';
import { hostText } from '../messages/hosts.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { queryClient, trashQuery } from '../queries.ts';
import { ageText } from '../ui/age.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { refusalAt, useAccess } from './access.ts';
import { alertOf, askSurely, detailOf } from './act.ts';
import { silenceOfHost } from './hearing.ts';
import { useActions } from './server-actions.tsx';

const words = hostText.trash;

/** Something that is kept, of either kind. */
interface Kept {
  readonly id: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly remove: () => Promise<unknown>;
}

export function HostTrash({ agent }: { readonly agent: Agent }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="border-t border-line px-4 py-3" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="text-aside font-[550] text-ink-soft hover:text-ink">{words.title}</summary>
      {open ? <Contents agent={agent} /> : null}
    </details>
  );
}

function Contents({ agent }: { readonly agent: Agent }) {
  const { data: trash, error } = useQuery(trashQuery(agent.id));
  if (silenceOfHost(agent) === 'away') return <p className="mt-2 text-unheard">{words.away(agent.name)}</p>;
  if (trash === undefined) {
    return error ? (
      <p className="mt-2 text-ink-soft">{detailOf(error)}</p>
    ) : (
      <p role="status" className="mt-2 text-ink-faint">
        {words.loading}
      </p>
    );
  }
  return <Lists agent={agent} trash={trash} />;
}

function Lists({ agent, trash }: { readonly agent: Agent; readonly trash: Trash }) {
  const [removing, setRemoving] = useState<Kept | null>(null);
  useAccess();
  const refusal = refusalAt('purge', agent.id);
  const params = (id: string) => ({ agentId: agent.id, trashId: id, archiveId: id });
  return (
    <div className="mt-2 flex flex-col gap-3">
      <p className="text-aside text-ink-soft">{words.detail}</p>
      {trash.items.length === 0 ? <p className="text-ink-faint">{words.none}</p> : null}
      <ul className="flex flex-col divide-y divide-line empty:hidden">
        {trash.items.map((item) => (
          <Line
            key={item.id}
            kept={{
              ...nameOf(item),
              remove: () => call(contract.emptyTrash, { params: params(item.id), query: { confirmName: nameOf(item).name } }),
            }}
            when={(now) => [words.moved(ageText(now - item.movedAt)), emptiedText(item.emptiedAt, now)].join(text.separator)}
            refusal={refusal}
            onRemove={setRemoving}
          >
            <RestoreButton agent={agent} id={item.id} name={nameOf(item).name} />
          </Line>
        ))}
      </ul>
      {trash.archives.length > 0 ? (
        <>
          <h4 className="text-aside font-[550]">{words.archives}</h4>
          <p className="text-aside text-ink-soft">{words.archivesDetail}</p>
          <ul className="flex flex-col divide-y divide-line">
            {trash.archives.map((archive) => (
              <Line
                key={archive.id}
                kept={{
                  ...nameOf(archive),
                  remove: () => call(contract.removeArchive, { params: params(archive.id), query: { confirmName: nameOf(archive).name } }),
                }}
                when={(now) => words.made(ageText(now - archive.madeAt))}
                refusal={refusal}
                onRemove={setRemoving}
              />
            ))}
          </ul>
        </>
      ) : null}
      {removing ? <RemoveDialog agent={agent} kept={removing} onClose={() => setRemoving(null)} /> : null}
    </div>
  );
}

const nameOf = ({ id, name, serverId, bytes }: Trash['items'][number] | Trash['archives'][number]) => ({
  id,
  name: name ?? serverId,
  bytes,
});

function emptiedText(at: number | null, now: number): string {
  if (at === null) return words.keptForEver;
  return at > now ? words.emptied(ageText(at - now)) : words.emptiedSoon;
}

interface LineProps {
  readonly kept: Kept;
  readonly when: (now: number) => string;
  /** Why it cannot be removed; null: it can. */
  readonly refusal: string | null;
  readonly onRemove: (kept: Kept) => void;
  readonly children?: ReactNode;
}

function Line({ kept, when, refusal, onRemove, children }: LineProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
      <span className="min-w-0 font-[550] wrap-anywhere">{kept.name}</span>
      <span className="text-aside">{kept.bytes === null ? text.none : bytesText(kept.bytes)}</span>
      <span className="mr-auto text-aside text-ink-faint">
        <Ticking words={when} />
      </span>
      {children}
      <Button size="small" kind="danger" refusal={refusal} label={words.removeLabel(kept.name)} onPress={() => onRemove(kept)}>
        {words.remove}
      </Button>
    </li>
  );
}

function RestoreButton({ agent, id, name }: { readonly agent: Agent; readonly id: string; readonly name: string }) {
  const { follow } = useActions();
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      askSurely((options) => call(contract.restoreTrashed, { params: { agentId: agent.id, trashId: id }, body: {} }, options)),
    onSuccess: (operation) => {
      follow(operation);
      void queryClient.invalidateQueries({ queryKey: trashQuery(agent.id).queryKey });
      return navigate(paths.server(operation.serverId));
    },
    onError: (error) => notify({ tone: 'refusal', title: words.refused, detail: detailOf(error) }),
  });
  return (
    <Button
      size="small"
      refusal={refusalAt('create', agent.id)}
      pending={isPending}
      label={words.restoreLabel(name)}
      onPress={() => mutate()}
    >
      {words.restore}
    </Button>
  );
}

function RemoveDialog({ agent, kept, onClose }: { readonly agent: Agent; readonly kept: Kept; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: kept.remove,
    onSuccess: onClose,
    onSettled: () => queryClient.invalidateQueries({ queryKey: trashQuery(agent.id).queryKey }),
  });
  const refusal = typed === kept.name ? null : text.purge.needsName(kept.name);
  return (
    <Dialog alert title={words.removeTitle(kept.name)} onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null && !isPending) mutate();
        }}
      >
        <DialogText>{words.removeDetail(kept.bytes === null ? null : bytesText(kept.bytes))}</DialogText>
        <Field label={text.purge.typed(kept.name)}>
          {(attributes) => (
            <input
              {...attributes}
              value={typed}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        <AlertLine words={alertOf(error)} />
        <DialogButtons>
          <Button onPress={onClose}>{text.cancel}</Button>
          <Button kind="danger" type="submit" refusal={refusal} pending={isPending}>
            {words.removeConfirm}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
