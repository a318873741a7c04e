// Doing one thing to many servers: says first what it means and for how many, then what came of each, as the manager
// tells it. Nothing counts as done because it was asked for.

import type { OperationId } from '@mainstay/core/id';
import { purgeAt } from '@mainstay/core/retention';
import { type Bulk, type BulkItem, mostServers } from '@mainstay/wire/bulk';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { useMutation, useQuery } from '@tanstack/react-query';
import { memo, useState } from 'react';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { isOpen } from '../patch.ts';
import { bulkQuery, operationQuery, queryClient } from '../queries.ts';
import { dayText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { Choice } from '../ui/choice.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Shape } from '../ui/shape.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { askSurely, detailOf, errorText } from './act.ts';
import { type BulkAction, sortOut } from './bulk.ts';
import { operationText } from './operation-words.ts';
import { stateFaces } from './state-faces.ts';

export interface BulkDialogProps {
  readonly action: BulkAction;
  readonly servers: readonly Server[];
  /** `began`: whether anything was asked for. */
  readonly onClose: (began: boolean) => void;
}

export function BulkDialog({ action, servers, onClose }: BulkDialogProps) {
  // As they were when it was asked: the list must not change under a person who reads it.
  const [{ can, cannot }] = useState(() => sortOut(servers, action));
  const begin = useMutation({
    mutationFn: (removeData: boolean) =>
      askSurely((options) =>
        call(
          contract.createBulk,
          {
            body: {
              action,
              serverIds: can.map(({ id }) => id),
              ...(action === 'purge' ? { purge: { removeData, confirmCount: can.length } } : {}),
            },
          },
          options,
        ),
      ),
    onSuccess: (bulk) => queryClient.setQueryData(bulkQuery(bulk.id).queryKey, bulk),
    onError: (error) => notify({ tone: 'refusal', title: text.bulk.refusedAll, detail: detailOf(error) }),
  });
  const began = begin.data !== undefined;
  const title = text.bulk.title(text.bulk.verbs[action], text.servers.count(can.length));
  return (
    <Dialog alert title={title} onClose={() => onClose(began)}>
      {began ? (
        <UnderWay created={begin.data} onClose={() => onClose(true)} />
      ) : (
        <Ask action={action} can={can} pending={begin.isPending} onCancel={() => onClose(false)} onConfirm={begin.mutate} />
      )}
      {cannot.length > 0 ? (
        <details className="text-aside text-ink-soft">
          <summary>{text.bulk.leftOut(cannot.length)}</summary>
          <ul className="mt-1 max-h-40 overflow-auto">
            {cannot.map(({ server, why }) => (
              <li key={server.id}>
                <span className="font-[550]">{server.name}</span> {why}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Dialog>
  );
}

/** What came of each so far. It goes on when the dialog is closed; only those not asked for yet can be left alone. */
function UnderWay({ created, onClose }: { readonly created: Bulk; readonly onClose: () => void }) {
  const { data: bulk = created } = useQuery(bulkQuery(created.id));
  const stop = useMutation({
    mutationFn: () => call(contract.cancelBulk, { params: { bulkId: created.id } }),
    onSuccess: (cancelled) => queryClient.setQueryData(bulkQuery(created.id).queryKey, cancelled),
    onError: (error) => notify({ tone: 'refusal', title: text.bulk.notStopped, detail: detailOf(error) }),
  });
  return (
    <>
      <Outcomes items={bulk.items} />
      <DialogButtons>
        {bulk.endedAt === null ? (
          <Button hint={text.bulk.stopHint} pending={stop.isPending} onPress={() => stop.mutate()}>
            {text.bulk.stop}
          </Button>
        ) : null}
        <Button kind={bulk.endedAt === null ? 'plain' : 'primary'} onPress={onClose}>
          {text.bulk.close}
        </Button>
      </DialogButtons>
    </>
  );
}

interface AskProps {
  readonly action: BulkAction;
  readonly can: readonly Server[];
  readonly pending: boolean;
  readonly onCancel: () => void;
  readonly onConfirm: (removeData: boolean) => void;
}

/** So many names are read; further ones are counted. */
const namesShown = 8;

function Ask({ action, can, pending, onCancel, onConfirm }: AskProps) {
  const [choice, setChoice] = useState<'keep' | 'remove' | null>(null);
  const [typed, setTyped] = useState('');
  const purging = action === 'purge';
  // A size that leaves some out would be none.
  const size = can.some(({ dataBytes }) => dataBytes === null)
    ? null
    : bytesText(can.reduce((sum, { dataBytes }) => sum + (dataBytes ?? 0), 0));
  const refusal = refusalOf();
  function refusalOf(): string | null {
    if (can.length > mostServers) return text.bulk.tooMany(mostServers);
    if (!purging) return null;
    if (choice === null) return text.purge.needsChoice;
    return typed.trim() === String(can.length) ? null : text.bulk.needsCount(can.length);
  }
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal === null && !pending) onConfirm(choice === 'remove');
      }}
    >
      <p className="wrap-anywhere">
        {can
          .slice(0, namesShown)
          .map(({ name }) => name)
          .join(', ')}
        {can.length > namesShown ? ` ${text.bulk.more(can.length - namesShown)}` : ''}
      </p>
      {action === 'delete' ? (
        <DialogText>
          <Ticking words={(now) => keptText(can, now)} />
        </DialogText>
      ) : (
        <DialogText>{text.bulk.details[action]}</DialogText>
      )}
      {purging ? (
        <>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-aside font-[550]">{text.bulk.data}</legend>
            <Choice
              group="data"
              label={text.purge.keep}
              detail={text.bulk.keepDetail(size)}
              checked={choice === 'keep'}
              onChoose={() => setChoice('keep')}
            />
            <Choice
              group="data"
              label={text.purge.remove}
              detail={text.bulk.removeDetail(size)}
              checked={choice === 'remove'}
              onChoose={() => setChoice('remove')}
            />
          </fieldset>
          <Field label={text.bulk.typed(can.length)}>
            {(attributes) => (
              <input
                {...attributes}
                inputMode="numeric"
                autoComplete="off"
                value={typed}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
          </Field>
        </>
      ) : null}
      <DialogButtons>
        <Button onPress={onCancel}>{text.cancel}</Button>
        <Button type="submit" kind={purging || action === 'delete' ? 'danger' : 'primary'} refusal={refusal} pending={pending}>
          {text.bulk.verbs[action]}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** How long what is deleted is kept: the same for all, or each its own time. */
function keptText(servers: readonly Server[], now: number): string {
  const [hours, ...others] = new Set(servers.map(({ retentionHours }) => retentionHours));
  if (others.length > 0) return text.bulk.deleteVaried;
  const until = purgeAt(now, hours);
  return until === null ? text.bulk.deleteForEver : text.bulk.deleteDetail(dayText(until, now));
}

function Outcomes({ items }: { readonly items: readonly BulkItem[] }) {
  const answered = items.filter(({ state }) => state !== 'waiting').length;
  const refused = items.filter(({ state }) => state === 'refused').length;
  return (
    <>
      <p role="status" className="text-ink-soft">
        {text.bulk.progress(answered, items.length)}
        {refused > 0 ? <span className="text-failed"> {text.bulk.refused(refused)}</span> : null}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <ul tabIndex={0} aria-label={text.bulk.outcomes} className="max-h-[46vh] divide-y divide-line overflow-auto">
        {items.map((item) => (
          <OutcomeLine key={item.serverId} item={item} />
        ))}
      </ul>
    </>
  );
}

const OutcomeLine = memo(function OutcomeLine({ item: { serverName, state, operationId, detail } }: { readonly item: BulkItem }) {
  return (
    <li
      data-outcome={state}
      className="grid grid-cols-[14px_minmax(0,1fr)_minmax(0,1.4fr)] items-baseline gap-x-2 py-1.5 text-aside [content-visibility:auto]"
    >
      {state === 'asked' && operationId !== null ? (
        <Asked serverName={serverName} operationId={operationId} />
      ) : (
        <Told
          serverName={serverName}
          face={state === 'refused' ? stateFaces.failed : stateFaces.stopped}
          words={detail ?? (state === 'left' ? text.bulk.stages.left : text.bulk.stages.waiting)}
        />
      )}
    </li>
  );
});

function Asked({ serverName, operationId }: { readonly serverName: string; readonly operationId: OperationId }) {
  const { data: operation } = useQuery(operationQuery(operationId));
  if (operation === undefined) return <Told serverName={serverName} face={stateFaces.creating} words={text.operations.states.queued} />;
  const face = isOpen(operation) ? stateFaces.creating : operation.state === 'succeeded' ? stateFaces.running : stateFaces.failed;
  const words = isOpen(operation) ? operationText(operation) : (errorText(operation) ?? text.operations.states[operation.state]);
  return <Told serverName={serverName} face={face} words={words} />;
}

interface ToldProps {
  readonly serverName: string;
  readonly face: (typeof stateFaces)[keyof typeof stateFaces];
  readonly words: string;
}

function Told({ serverName, face, words }: ToldProps) {
  return (
    <>
      <Shape name={face.shape} className={`${face.ink} self-center`} />
      <span className="truncate font-[550]" title={serverName}>
        {serverName}
      </span>
      <span className="text-ink-soft wrap-anywhere">{words}</span>
    </>
  );
}
