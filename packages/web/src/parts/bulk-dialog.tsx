// Doing one thing to many servers: says first what it means and for how many, then what came of each, as the manager
// tells it. Nothing counts as done because it was asked for.

import { purgeAt } from '@mainstay/core/retention';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { memo, useEffect, useRef, useState } from 'react';
import { text } from '../messages.ts';
import { isOpen } from '../patch.ts';
import { holdOperation, operationQuery } from '../queries.ts';
import { dayText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Shape } from '../ui/shape.tsx';
import { Ticking } from '../ui/time.tsx';
import { detailOf, errorText, request } from './act.ts';
import { type BulkAction, forEachFew, sortOut } from './bulk.ts';
import { operationText } from './operation-words.ts';
import { stateFaces } from './state-faces.ts';

/** What came of one server so far. */
type Outcome =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'accepted'; readonly operation: Operation }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'left' };

const waiting: Outcome = { kind: 'waiting' };

export interface BulkDialogProps {
  readonly action: BulkAction;
  readonly servers: readonly Server[];
  /** `began`: whether anything was asked for. */
  readonly onClose: (began: boolean) => void;
}

export function BulkDialog({ action, servers, onClose }: BulkDialogProps) {
  // As they were when it was asked: the list must not change under a person who reads it.
  const [{ can, cannot }] = useState(() => sortOut(servers, action));
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [phase, setPhase] = useState<'asking' | 'running' | 'done'>('asking');
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const tell = (server: Server, outcome: Outcome) => setOutcomes((before) => new Map(before).set(server.id, outcome));
  const begin = async (removeData: boolean) => {
    setPhase('running');
    await forEachFew(
      can,
      async (server) => {
        tell(server, { kind: 'asking' });
        try {
          const options = action === 'purge' ? { purge: { removeData, confirmName: server.name } } : {};
          tell(server, { kind: 'accepted', operation: holdOperation(await request(action, server.id, options)) });
        } catch (error) {
          tell(server, { kind: 'refused', detail: detailOf(error) });
        }
      },
      stop.current.signal,
    );
    setOutcomes((before) => new Map(can.map(({ id }) => [id, before.get(id) ?? { kind: 'left' }])));
    setPhase('done');
  };

  const title = text.bulk.title(text.bulk.verbs[action], text.servers.count(can.length));
  return (
    <Dialog alert title={title} onClose={() => onClose(phase !== 'asking')}>
      {phase === 'asking' ? (
        <Ask action={action} can={can} onCancel={() => onClose(false)} onConfirm={(removeData) => void begin(removeData)} />
      ) : (
        <>
          <Outcomes servers={can} outcomes={outcomes} />
          <DialogButtons>
            {phase === 'running' ? (
              <Button hint={text.bulk.stopHint} onPress={() => stop.current.abort()}>
                {text.bulk.stop}
              </Button>
            ) : (
              <Button kind="primary" onPress={() => onClose(true)}>
                {text.bulk.close}
              </Button>
            )}
          </DialogButtons>
        </>
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

interface AskProps {
  readonly action: BulkAction;
  readonly can: readonly Server[];
  readonly onCancel: () => void;
  readonly onConfirm: (removeData: boolean) => void;
}

/** So many names are read; further ones are counted. */
const namesShown = 8;

function Ask({ action, can, onCancel, onConfirm }: AskProps) {
  const [choice, setChoice] = useState<'keep' | 'remove' | null>(null);
  const [typed, setTyped] = useState('');
  const purging = action === 'purge';
  // A size that leaves some out would be none.
  const size = can.some(({ dataBytes }) => dataBytes === null)
    ? null
    : bytesText(can.reduce((sum, { dataBytes }) => sum + (dataBytes ?? 0), 0));
  const refusal = !purging
    ? null
    : choice === null
      ? text.purge.needsChoice
      : typed.trim() !== String(can.length)
        ? text.bulk.needsCount(can.length)
        : null;
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal === null) onConfirm(choice === 'remove');
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
              label={text.purge.keep}
              detail={text.bulk.keepDetail(size)}
              checked={choice === 'keep'}
              onChoose={() => setChoice('keep')}
            />
            <Choice
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
        <Button type="submit" kind={purging || action === 'delete' ? 'danger' : 'primary'} refusal={refusal}>
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

interface ChoiceProps {
  readonly label: string;
  readonly detail: string;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

function Choice({ label, detail, checked, onChoose }: ChoiceProps) {
  return (
    <label className="flex cursor-pointer gap-3 rounded-control border border-line px-3 py-2 has-checked:border-ink">
      <input type="radio" name="data" checked={checked} onChange={onChoose} className="mt-0.5 size-4 flex-none accent-accent" />
      <span className="flex flex-col">
        <span className="font-[550]">{label}</span>
        <span className="text-aside text-ink-soft">{detail}</span>
      </span>
    </label>
  );
}

function Outcomes({ servers, outcomes }: { readonly servers: readonly Server[]; readonly outcomes: ReadonlyMap<string, Outcome> }) {
  const answered = [...outcomes.values()].filter(({ kind }) => kind !== 'asking').length;
  const refused = [...outcomes.values()].filter(({ kind }) => kind === 'refused').length;
  return (
    <>
      <p role="status" className="text-ink-soft">
        {text.bulk.progress(answered, servers.length)}
        {refused > 0 ? <span className="text-failed"> {text.bulk.refused(refused)}</span> : null}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <ul tabIndex={0} aria-label={text.bulk.outcomes} className="max-h-[46vh] divide-y divide-line overflow-auto">
        {servers.map((server) => (
          <OutcomeLine key={server.id} server={server} outcome={outcomes.get(server.id) ?? waiting} />
        ))}
      </ul>
    </>
  );
}

const OutcomeLine = memo(function OutcomeLine({ server, outcome }: { readonly server: Server; readonly outcome: Outcome }) {
  return (
    <li
      data-outcome={outcome.kind}
      className="grid grid-cols-[14px_minmax(0,1fr)_minmax(0,1.4fr)] items-baseline gap-x-2 py-1.5 text-aside [content-visibility:auto]"
    >
      {outcome.kind === 'accepted' ? (
        <Accepted server={server} operation={outcome.operation} />
      ) : (
        <Told
          server={server}
          face={outcome.kind === 'refused' ? stateFaces.failed : outcome.kind === 'asking' ? stateFaces.creating : stateFaces.stopped}
          words={outcome.kind === 'refused' ? outcome.detail : text.bulk.stages[outcome.kind]}
        />
      )}
    </li>
  );
});

function Accepted({ server, operation: accepted }: { readonly server: Server; readonly operation: Operation }) {
  const { data: operation = accepted } = useQuery(operationQuery(accepted.id));
  const face = isOpen(operation) ? stateFaces.creating : operation.state === 'succeeded' ? stateFaces.running : stateFaces.failed;
  const words = isOpen(operation) ? operationText(operation) : (errorText(operation) ?? text.operations.states[operation.state]);
  return <Told server={server} face={face} words={words} />;
}

interface ToldProps {
  readonly server: Server;
  readonly face: (typeof stateFaces)[keyof typeof stateFaces];
  readonly words: string;
}

function Told({ server, face, words }: ToldProps) {
  return (
    <>
      <Shape name={face.shape} className={`${face.ink} self-center`} />
      <span className="truncate font-[550]" title={server.name}>
        {server.name}
      </span>
      <span className="text-ink-soft wrap-anywhere">{words}</span>
    </>
  );
}
