// What is asked about a host: its name, its removal, and whether another engine is to be believed.

import { Fault } from '@mainstay/core/fault';
import { type Agent, agentName } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { hostText } from '../messages/hosts.ts';
import { text } from '../messages.ts';
import { applyChanges } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { notify } from '../ui/toast.tsx';
import { alertOf, detailOf } from './act.ts';

export type HostQuestion = 'rename' | 'remove' | 'accept';

interface HostDialogProps {
  readonly agent: Agent;
  readonly onClose: () => void;
}

export function HostDialog({ about, ...rest }: HostDialogProps & { readonly about: HostQuestion }) {
  switch (about) {
    case 'rename':
      return <RenameDialog {...rest} />;
    case 'remove':
      return <RemoveDialog {...rest} />;
    case 'accept':
      return <AcceptDialog {...rest} />;
  }
}

function RenameDialog({ agent, onClose }: HostDialogProps) {
  const [name, setName] = useState(agent.name);
  const [refused, setRefused] = useState<string | null>(null);
  const { mutate, isPending } = useMutation({
    mutationFn: () => call(contract.configureAgent, { params: { agentId: agent.id }, body: { name: name.trim() } }),
    onSuccess: (renamed) => {
      applyChanges([{ event: null, agent: renamed }]);
      onClose();
    },
    onError: (error) => setRefused(detailOf(error)),
  });
  const checked = agentName.safeParse(name.trim());
  const wrong = checked.success ? null : (checked.error.issues[0]?.message ?? null);
  return (
    <Dialog title={hostText.renameTitle(agent.name)} onClose={onClose}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong !== null || isPending) return;
          if (name.trim() === agent.name) onClose();
          else mutate();
        }}
      >
        <Field label={text.form.name} hint={hostText.renameHint} error={wrong ?? refused ?? undefined}>
          {(attributes) => (
            <input
              {...attributes}
              value={name}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={({ target }) => {
                setName(target.value);
                setRefused(null);
              }}
            />
          )}
        </Field>
        <DialogButtons>
          <Button onPress={onClose}>{text.cancel}</Button>
          <Button kind="primary" type="submit" refusal={wrong} pending={isPending}>
            {hostText.renameConfirm}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

/** A host that has servers takes their records with it, so that is said, and its name has to be typed. */
function RemoveDialog({ agent, onClose }: HostDialogProps) {
  const forced = agent.servers > 0;
  const [typed, setTyped] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      call(contract.removeAgent, {
        params: { agentId: agent.id },
        ...(forced ? { query: { force: 'true', confirmName: typed } as const } : {}),
      }),
    onSuccess: onClose,
    onError: (refused) => {
      // What is asked has become another question: somebody made a server here meanwhile.
      if (!(refused instanceof Fault && refused.code === 'host-not-empty')) return;
      notify({ tone: 'refusal', title: hostText.removeRefused, detail: detailOf(refused) });
      onClose();
    },
  });
  const refusal = forced && typed !== agent.name ? text.purge.needsName(agent.name) : null;
  return (
    <Dialog alert title={hostText.removeTitle(agent.name)} onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null && !isPending) mutate();
        }}
      >
        <DialogText>{hostText.removeDetail}</DialogText>
        {forced ? (
          <>
            <p className="wrap-anywhere text-failed">{hostText.removeForgets(text.servers.count(agent.servers))}</p>
            <DialogText>{hostText.removeKeeps(agent.name)}</DialogText>
            <DialogText>{hostText.removeInstead}</DialogText>
            <Field label={text.purge.typed(agent.name)}>
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
          </>
        ) : null}
        <AlertLine words={alertOf(error)} />
        <DialogButtons>
          <Button onPress={onClose}>{text.cancel}</Button>
          <Button kind="danger" type="submit" refusal={refusal} pending={isPending}>
            {forced ? hostText.removeForced : hostText.removeConfirm}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function AcceptDialog({ agent, onClose }: HostDialogProps) {
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call(contract.acceptEngine, { params: { agentId: agent.id } }),
    onSuccess: (accepted) => {
      applyChanges([{ event: null, agent: accepted }]);
      onClose();
    },
  });
  return (
    <Dialog alert title={hostText.acceptTitle(agent.name)} onClose={onClose}>
      <DialogText>{hostText.acceptDetail}</DialogText>
      <DialogText>{hostText.acceptMeans}</DialogText>
      <AlertLine words={alertOf(error)} />
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="primary" pending={isPending} onPress={() => mutate()}>
          {hostText.acceptConfirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
