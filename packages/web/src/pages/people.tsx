// People: who may sign in, what each may do, and who is invited.

import type { Account, Invitation } from '@mainstay/wire/accounts';
import { contract } from '@mainstay/wire/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { detailOf } from '../parts/act.ts';
import { useGrantWords } from '../parts/grant-words.ts';
import { NotThere } from '../parts/not-there.tsx';
import { BackToSettings, OnlyWith } from '../parts/only-with.tsx';
import { InviteDialog, ResetDialog, RolesDialog } from '../parts/person-dialogs.tsx';
import { SureDialog } from '../parts/sure-dialog.tsx';
import { accountsQuery, askForPeople, invitationsQuery } from '../people-queries.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { Panel, PanelRows } from '../ui/panel.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';

const words = people.people;

export function PeoplePage() {
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <PageHead title={words.title}>
        <BackToSettings />
      </PageHead>
      <OnlyWith right="accounts">
        <People />
      </OnlyWith>
    </div>
  );
}

function People() {
  const asked = useQuery(accountsQuery);
  const { data: accounts } = asked;
  const { data: invitations = [] } = useQuery(invitationsQuery);
  const [inviting, setInviting] = useState(false);
  return (
    <>
      {accounts ? (
        <>
          <Panel title={words.accounts}>
            <PanelRows none={words.none}>
              {accounts.map((account) => (
                <AccountRow key={account.id} account={account} />
              ))}
            </PanelRows>
          </Panel>
          <Panel
            title={words.invitations}
            aside={
              <Button size="small" onPress={() => setInviting(true)}>
                {words.invite}
              </Button>
            }
          >
            <PanelRows none={words.noInvitations}>
              {invitations.map((invitation) => (
                <InvitationRow key={invitation.id} invitation={invitation} />
              ))}
            </PanelRows>
          </Panel>
        </>
      ) : (
        <NotThere loading={words.loading} broken={words.broken} asked={[asked]} />
      )}
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </>
  );
}

const rowClass = 'flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5';

function AccountRow({ account }: { readonly account: Account }) {
  const { id, name, disabled, lastSignedInAt } = account;
  const say = useGrantWords();
  const [asking, setAsking] = useState<'roles' | 'reset' | 'shut-out' | 'factors' | 'remove' | null>(null);
  const close = () => setAsking(null);
  const params = { accountId: id };
  const letIn = useMutation({
    mutationFn: () => call(contract.changeAccount, { params, body: { disabled: false } }),
    onSuccess: askForPeople,
    onError: (error) => notify({ tone: 'refusal', title: words.refused, detail: detailOf(error) }),
  });
  return (
    <li className={rowClass}>
      <div className="min-w-0 flex-1 basis-60">
        <p className="wrap-anywhere">
          <span className="font-[550]">{name}</span>{' '}
          <span className="text-aside text-ink-faint">{account.grants.map(say).join(text.separator)}</span>
        </p>
        <p className="text-aside text-ink-soft">
          {disabled ? <span className="text-failed">{words.shutOut}</span> : null}
          {disabled ? text.separator : null}
          {lastSignedInAt === null ? words.neverSignedIn : <Ticking words={(now) => words.signedIn(ageText(now - lastSignedInAt))} />}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="small" label={words.changeLabel(name)} onPress={() => setAsking('roles')}>
          {words.change}
        </Button>
        <Button size="small" label={words.resetLabel(name)} onPress={() => setAsking('reset')}>
          {words.reset}
        </Button>
        <Button
          size="small"
          label={(disabled ? words.enableLabel : words.disableLabel)(name)}
          pending={letIn.isPending}
          onPress={() => (disabled ? letIn.mutate() : setAsking('shut-out'))}
        >
          {disabled ? words.enable : words.disable}
        </Button>
        <Button size="small" label={words.resetFactorsLabel(name)} onPress={() => setAsking('factors')}>
          {words.resetFactors}
        </Button>
        <Button size="small" kind="danger" label={words.removeLabel(name)} onPress={() => setAsking('remove')}>
          {words.remove}
        </Button>
      </div>
      {asking === 'roles' ? <RolesDialog account={account} onClose={close} /> : null}
      {asking === 'reset' ? <ResetDialog account={account} onClose={close} /> : null}
      {asking === 'shut-out' ? (
        <SureDialog
          title={words.disableTitle(name)}
          detail={words.disableDetail}
          confirm={words.disableConfirm}
          refused={words.refused}
          onConfirm={() => call(contract.changeAccount, { params, body: { disabled: true } })}
          onDone={askForPeople}
          onClose={close}
        />
      ) : null}
      {asking === 'factors' ? (
        <SureDialog
          title={words.resetFactorsLabel(name)}
          detail={words.resetFactorsDetail}
          confirm={words.resetFactors}
          refused={words.refused}
          onConfirm={() => call(contract.removeFactors, { params })}
          onDone={askForPeople}
          onClose={close}
        />
      ) : null}
      {asking === 'remove' ? (
        <SureDialog
          title={words.removeTitle(name)}
          detail={words.removeDetail}
          confirm={words.removeConfirm}
          refused={words.refused}
          onConfirm={() => call(contract.removeAccount, { params })}
          onDone={askForPeople}
          onClose={close}
        />
      ) : null}
    </li>
  );
}

function InvitationRow({ invitation: { id, label, grants, expiresAt } }: { readonly invitation: Invitation }) {
  const say = useGrantWords();
  const takeBack = useMutation({
    mutationFn: () => call(contract.revokeInvitation, { params: { invitationId: id } }),
    onSuccess: askForPeople,
    onError: (error) => notify({ tone: 'refusal', title: words.refused, detail: detailOf(error) }),
  });
  return (
    <li className={rowClass}>
      <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
        <span className="font-[550]">{label}</span>{' '}
        <span className="text-aside text-ink-faint">
          {grants.map(say).join(text.separator)}
          {text.separator}
          <Ticking words={(now) => words.goodFor(ageText(expiresAt - now))} />
        </span>
      </p>
      <Button size="small" label={words.takeBackLabel(label)} pending={takeBack.isPending} onPress={() => takeBack.mutate()}>
        {words.takeBack}
      </Button>
    </li>
  );
}
