// API tokens: what each may do, when it was used last, and how one is made and revoked.

import type { Grant } from '@mainstay/core/access';
import { contract } from '@mainstay/wire/contract';
import type { Token } from '@mainstay/wire/tokens';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { askForPeople, tokensQuery } from '../people-queries.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Panel, PanelRows } from '../ui/panel.tsx';
import { Ticking } from '../ui/time.tsx';
import { alertOf } from './act.ts';
import { DialogForm } from './dialog-form.tsx';
import { useGrantWords } from './grant-words.ts';
import { GrantsField, viewerOfAll } from './grants-field.tsx';
import { ShownOnce } from './secret-link.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { TypedField } from './typed-field.tsx';

const words = people.tokens;

export function TokenPanel() {
  const { data: tokens } = useQuery(tokensQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Panel
      title={words.title}
      aside={
        <Button size="small" onPress={() => setAdding(true)}>
          {words.add}
        </Button>
      }
    >
      <p className="text-ink-soft">{words.detail}</p>
      {tokens ? (
        <div className="mt-3">
          <PanelRows none={words.none}>
            {tokens.map((token) => (
              <TokenRow key={token.id} token={token} />
            ))}
          </PanelRows>
        </div>
      ) : null}
      {adding ? <NewTokenDialog onClose={() => setAdding(false)} /> : null}
    </Panel>
  );
}

function TokenRow({ token }: { readonly token: Token }) {
  const say = useGrantWords();
  const [asking, setAsking] = useState(false);
  const { id, name, lastUsedAt, expiresAt, madeBy } = token;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="wrap-anywhere">
          <span className="font-[550]">{name}</span>{' '}
          <span className="text-aside text-ink-faint">{token.grants.map(say).join(text.separator)}</span>
        </p>
        <p className="text-aside text-ink-soft">
          <Ticking
            words={(now) =>
              [
                madeBy === null ? words.byMachine : words.madeBy(madeBy),
                lastUsedAt === null ? words.neverUsed : words.used(ageText(now - lastUsedAt)),
                ...(expiresAt === null ? [] : [words.expiresIn(ageText(expiresAt - now))]),
              ].join(text.separator)
            }
          />
        </p>
      </div>
      <Button size="small" kind="danger" label={words.revokeLabel(name)} onPress={() => setAsking(true)}>
        {words.revoke}
      </Button>
      {asking ? (
        <SureDialog
          title={words.revokeTitle(name)}
          detail={words.revokeDetail}
          confirm={words.revokeConfirm}
          refused={people.people.refused}
          onConfirm={() => call(contract.revokeToken, { params: { tokenId: id } })}
          onDone={askForPeople}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}

function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [grants, setGrants] = useState<Grant[]>([viewerOfAll]);
  const [until, setUntil] = useState('');
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () =>
      call(contract.createToken, { body: { name, grants, expiresAt: until === '' ? null : new Date(`${until}T23:59:59`).getTime() } }),
    onSuccess: askForPeople,
  });
  if (data) {
    return (
      <Dialog alert title={words.made} onClose={onClose}>
        <ShownOnce secret={data.token} onClose={onClose}>
          {words.once}
        </ShownOnce>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.add} onClose={onClose}>
      <DialogForm
        submit={words.create}
        refusal={name.trim() === '' ? text.form.correct : null}
        pending={isPending}
        alert={alertOf(error)}
        onSubmit={mutate}
        onClose={onClose}
      >
        <TypedField label={words.name} error={undefined} value={name} onChange={setName} />
        <GrantsField grants={grants} onChange={setGrants} />
        <Field label={words.expires} hint={words.expiresHint}>
          {(attributes) => <input {...attributes} type="date" value={until} onChange={({ target }) => setUntil(target.value)} />}
        </Field>
      </DialogForm>
    </Dialog>
  );
}
