// What is asked about people: their roles, whom to invite with which, and the link that a person is given.

import type { Grant } from '@mainstay/core/access';
import type { Account } from '@mainstay/wire/accounts';
import { contract } from '@mainstay/wire/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { patterns } from '../paths.ts';
import { askForPeople } from '../people-queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { alertOf } from './act.ts';
import { DialogForm } from './dialog-form.tsx';
import { GrantsField, viewerOfAll } from './grants-field.tsx';
import { linkTo, ShownOnce } from './secret-link.tsx';
import { TypedField } from './typed-field.tsx';

const words = people.people;

export function RolesDialog({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const [grants, setGrants] = useState<Grant[]>(account.grants);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call(contract.changeAccount, { params: { accountId: account.id }, body: { grants } }),
    onSuccess: async () => {
      await askForPeople();
      onClose();
    },
  });
  return (
    <Dialog title={words.changeTitle(account.name)} onClose={onClose}>
      <GrantsField grants={grants} onChange={setGrants} />
      <AlertLine words={alertOf(error)} />
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="primary" pending={isPending} onPress={() => mutate()}>
          {words.save}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const [label, setLabel] = useState('');
  const [grants, setGrants] = useState<Grant[]>([viewerOfAll]);
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () => call(contract.createInvitation, { body: { label, grants } }),
    onSuccess: askForPeople,
  });
  if (data) {
    return (
      <Dialog alert title={words.invited(data.label)} onClose={onClose}>
        <ShownOnce secret={linkTo(patterns.invitation, data.code)} onClose={onClose}>
          {words.invitedDetail}
        </ShownOnce>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.inviteTitle} onClose={onClose}>
      <DialogForm
        submit={words.inviteConfirm}
        refusal={label.trim() === '' ? text.form.correct : null}
        pending={isPending}
        alert={alertOf(error)}
        onSubmit={mutate}
        onClose={onClose}
      >
        <TypedField label={words.label} error={undefined} value={label} onChange={setLabel} />
        <GrantsField grants={grants} onChange={setGrants} />
      </DialogForm>
    </Dialog>
  );
}

export function ResetDialog({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  // A query, though it makes something: it is made once a dialog, however often React draws it.
  const { data, error } = useQuery({
    queryKey: ['reset-link', account.id],
    queryFn: () => call(contract.createResetLink, { params: { accountId: account.id } }),
    gcTime: 0,
  });
  return (
    <Dialog alert title={words.resetTitle(account.name)} onClose={onClose}>
      {data ? (
        <ShownOnce secret={linkTo(patterns.reset, data.code)} onClose={onClose}>
          {words.resetDetail}
        </ShownOnce>
      ) : (
        <>
          {error ? <AlertLine words={alertOf(error)} /> : <DialogText>…</DialogText>}
          <DialogButtons>
            <Button onPress={onClose}>{text.cancel}</Button>
          </DialogButtons>
        </>
      )}
    </Dialog>
  );
}
