// The questions asked before what is hard to undo. Each says what goes, what is kept and until when, in that order.

import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { purgeAt } from '@mainstay/core/retention';
import type { Server } from '@mainstay/wire/servers';
import { useState } from 'react';
import { text } from '../messages.ts';
import { dayText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Ticking } from '../ui/time.tsx';
import type { ActOptions, ServerOperation } from './act.ts';

export interface Question {
  readonly about: 'empty-world' | 'reinstall' | 'delete' | 'purge';
  readonly server: Server;
}

export interface QuestionDialogProps extends Question {
  readonly onClose: () => void;
  readonly onAnswer: (kind: ServerOperation, options: ActOptions) => void;
}

export function QuestionDialog({ about, onAnswer, ...rest }: QuestionDialogProps) {
  switch (about) {
    case 'empty-world':
      return <EmptyWorldDialog {...rest} onConfirm={() => onAnswer('start', { allowEmptyData: true })} />;
    case 'reinstall':
      return <ReinstallDialog {...rest} onConfirm={() => onAnswer('rebuild', { reinstall: true })} />;
    case 'delete':
      return <DeleteDialog {...rest} onConfirm={() => onAnswer('delete', {})} />;
    case 'purge':
      return <PurgeDialog {...rest} onConfirm={(purge) => onAnswer('purge', { purge })} />;
  }
}

interface DialogProps<Answer extends unknown[]> {
  readonly server: Server;
  readonly onClose: () => void;
  readonly onConfirm: (...answer: Answer) => void;
}

const sizeOf = ({ dataBytes }: Server) => (dataBytes === null ? null : bytesText(dataBytes));

function EmptyWorldDialog({ server, onClose, onConfirm }: DialogProps<[]>) {
  return (
    <Dialog alert title={text.emptyWorld.title(server.name)} onClose={onClose}>
      <DialogText>{text.emptyWorld.gone(server.host.name)}</DialogText>
      <DialogText>{text.emptyWorld.makes}</DialogText>
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" onPress={onConfirm}>
          {text.emptyWorld.confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function ReinstallDialog({ server, onClose, onConfirm }: DialogProps<[]>) {
  return (
    <Dialog alert title={text.reinstall.title(server.name)} onClose={onClose}>
      <DialogText>{server.state === 'running' ? text.reinstall.stops : text.reinstall.runs}</DialogText>
      <DialogText>{text.reinstall.data}</DialogText>
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" onPress={onConfirm}>
          {text.reinstall.confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function DeleteDialog({ server, onClose, onConfirm }: DialogProps<[]>) {
  const size = sizeOf(server);
  const data = size === null ? text.delete.dataUnsized : text.delete.data(size);
  return (
    <Dialog alert title={text.delete.title(server.name)} onClose={onClose}>
      <DialogText>{server.state === 'running' ? text.delete.goesRunning : text.delete.goes}</DialogText>
      <DialogText>
        <Ticking
          words={(now) => {
            const until = purgeAt(now, server.retentionHours);
            return until === null ? text.delete.keptForEver(data) : text.delete.kept(data, dayText(until, now));
          }}
        />
      </DialogText>
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" onPress={onConfirm}>
          {text.delete.confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

type PurgeAnswer = NonNullable<ActOptions['purge']>;
type DataChoice = 'keep' | 'remove';

function PurgeDialog({ server, onClose, onConfirm }: DialogProps<[PurgeAnswer]>) {
  const [choice, setChoice] = useState<DataChoice | null>(null);
  const [typed, setTyped] = useState('');
  const [archive, setArchive] = useState(false);
  const size = sizeOf(server);
  const refusal = choice === null ? text.purge.needsChoice : typed !== server.name ? text.purge.needsName(server.name) : null;
  const noData = server.dataExists === 'no' ? text.purge.noData : null;
  return (
    <Dialog title={text.purge.title(server.name)} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null) onConfirm({ removeData: choice === 'remove', archive: choice === 'remove' && archive, confirmName: typed });
        }}
      >
        <DialogText>{text.purge.detail}</DialogText>
        <RadioGroup
          aria-label={text.purge.choice}
          value={choice ?? ''}
          onValueChange={(value) => setChoice(value === 'remove' ? 'remove' : 'keep')}
          className="flex flex-col gap-2"
        >
          <Choice value="keep" label={text.purge.keep} detail={noData ?? text.purge.keepDetail(server.host.name, size)} />
          <Choice value="remove" label={text.purge.remove} detail={noData ?? text.purge.removeDetail(size)} />
        </RadioGroup>
        {choice === 'remove' && server.dataExists !== 'no' ? (
          <label className="flex items-center gap-2 pointer-coarse:min-h-11">
            <input
              type="checkbox"
              checked={archive}
              onChange={({ target }) => setArchive(target.checked)}
              className="size-4 accent-accent"
            />
            {text.purge.archive}
          </label>
        ) : null}
        <Field label={text.purge.typed(server.name)}>
          {(attributes) => (
            <input
              {...attributes}
              value={typed}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
        <DialogButtons>
          <Button onPress={onClose}>{text.cancel}</Button>
          <Button kind="danger" type="submit" refusal={refusal}>
            {text.purge.confirm}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function Choice({ value, label, detail }: { readonly value: DataChoice; readonly label: string; readonly detail: string }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control
    <label className="flex cursor-pointer gap-3 rounded-control border border-line px-3 py-2 has-data-checked:border-ink">
      <Radio.Root
        value={value}
        className="mt-0.5 flex size-4 flex-none items-center justify-center rounded-full border border-edge data-checked:border-accent"
      >
        <Radio.Indicator className="size-2 rounded-full bg-accent" />
      </Radio.Root>
      <span className="flex flex-col">
        <span className="font-[550]">{label}</span>
        <span className="text-aside text-ink-soft">{detail}</span>
      </span>
    </label>
  );
}
