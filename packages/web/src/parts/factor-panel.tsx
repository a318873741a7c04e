// What one signs in with beside the password: an authenticator app's codes, and passkeys.

import { contract } from '@mainstay/wire/contract';
import type { Factors } from '@mainstay/wire/factors';
import { browserSupportsWebAuthn, type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { askForPeople, factorsQuery, signInWaysQuery } from '../people-queries.ts';
import { ageText } from '../ui/age.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { Dialog, DialogText } from '../ui/dialog.tsx';
import { Panel } from '../ui/panel.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { alertOf, detailOf } from './act.ts';
import { DialogForm } from './dialog-form.tsx';
import { ShownOnce } from './secret-link.tsx';
import { TypedField } from './typed-field.tsx';

const words = people.factors;
const refused = (error: unknown) => notify({ tone: 'refusal', title: words.refused, detail: detailOf(error) });

export function FactorPanel() {
  const { data: factors } = useQuery(factorsQuery);
  const [asking, setAsking] = useState<'totp' | 'passkey' | null>(null);
  const close = () => setAsking(null);
  const turnOff = useMutation({ mutationFn: () => call(contract.removeTotp, {}), onSuccess: askForPeople, onError: refused });
  const { data: ways } = useQuery(signInWaysQuery);
  const tie = useMutation({
    mutationFn: () => call(contract.tieSso, {}),
    onSuccess: ({ url }) => location.assign(url),
    onError: refused,
  });
  const untie = useMutation({ mutationFn: () => call(contract.untieSso, {}), onSuccess: askForPeople, onError: refused });
  if (factors === undefined) return null;
  const supported = browserSupportsWebAuthn();
  return (
    <Panel title={words.title}>
      <ul className="-my-3 divide-y divide-line">
        <li className={rowClass}>
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-[550]">{words.totp}</p>
            <p className="text-aside text-ink-soft">{factors.totp ? words.totpOn(factors.recoveryCodes) : words.totpOff}</p>
          </div>
          {factors.totp ? (
            <Button size="small" pending={turnOff.isPending} onPress={() => turnOff.mutate()}>
              {words.turnOff}
            </Button>
          ) : (
            <Button size="small" onPress={() => setAsking('totp')}>
              {words.setUp}
            </Button>
          )}
        </li>
        {ways?.sso ? (
          <li className={rowClass}>
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-[550]">{words.sso(ways.sso)}</p>
              <p className="text-aside text-ink-soft">{factors.sso ? words.ssoOn : words.ssoOff}</p>
            </div>
            {factors.sso ? (
              <Button size="small" pending={untie.isPending} onPress={() => untie.mutate()}>
                {words.untie}
              </Button>
            ) : (
              <Button size="small" pending={tie.isPending} onPress={() => tie.mutate()}>
                {words.tie}
              </Button>
            )}
          </li>
        ) : null}
        <li className={rowClass}>
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-[550]">{words.passkeys}</p>
            {factors.passkeys.length === 0 ? <p className="text-aside text-ink-soft">{words.noPasskeys}</p> : null}
          </div>
          <Button size="small" refusal={supported ? null : words.unsupported} onPress={() => setAsking('passkey')}>
            {words.addPasskey}
          </Button>
        </li>
        {factors.passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      {asking === 'totp' ? <TotpDialog onClose={close} /> : null}
      {asking === 'passkey' ? <PasskeyDialog onClose={close} /> : null}
    </Panel>
  );
}

const rowClass = 'flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5';

function PasskeyRow({ passkey: { id, name, createdAt } }: { readonly passkey: Factors['passkeys'][number] }) {
  const { mutate, isPending } = useMutation({
    mutationFn: () => call(contract.removePasskey, { params: { passkeyId: id } }),
    onSuccess: askForPeople,
    onError: refused,
  });
  return (
    <li className={rowClass}>
      <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
        {name}{' '}
        <span className="text-aside text-ink-faint">
          <Ticking words={(now) => words.added(ageText(now - createdAt))} />
        </span>
      </p>
      <Button size="small" label={words.removeLabel(name)} pending={isPending} onPress={() => mutate()}>
        {words.remove}
      </Button>
    </li>
  );
}

function TotpDialog({ onClose }: { readonly onClose: () => void }) {
  const [code, setCode] = useState('');
  const dialogId = useId();
  // A query, though it makes something: it is made once a dialog, however often React draws it.
  const { data: begun, error: notBegun } = useQuery({
    queryKey: ['new-totp', dialogId],
    queryFn: () => call(contract.createTotp, {}),
    gcTime: 0,
  });
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: (ticket: string) => call(contract.confirmTotp, { body: { ticket, code: code.trim() } }),
    onSuccess: askForPeople,
  });
  if (data) {
    return (
      <Dialog alert title={words.codes} onClose={onClose}>
        <ShownOnce secret={data.codes.join(' ')} onClose={onClose}>
          {words.codesDetail}
        </ShownOnce>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.totp} onClose={onClose}>
      <DialogText>{words.scan}</DialogText>
      {begun ? (
        <DialogForm
          submit={words.confirm}
          refusal={code.trim() === '' ? text.form.correct : null}
          pending={isPending}
          alert={alertOf(error)}
          onSubmit={() => mutate(begun.ticket)}
          onClose={onClose}
        >
          <QrCode text={begun.uri} label={words.qr} />
          <div>
            <Copy copied={begun.secret} className="text-left whitespace-normal! wrap-anywhere" />
          </div>
          <TypedField label={words.code} error={undefined} value={code} onChange={setCode} numeric />
        </DialogForm>
      ) : (
        <AlertLine words={alertOf(notBegun)} />
      )}
    </Dialog>
  );
}

function PasskeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const { mutate, isPending } = useMutation({
    mutationFn: async () => {
      const { options } = await call(contract.registerPasskey, {});
      const made = await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON }).catch(() => null);
      if (made === null) return notify({ tone: 'refusal', title: words.refused, detail: words.aborted });
      await call(contract.addPasskey, { body: { name: name.trim(), response: { ...made } } });
    },
    onSuccess: async () => {
      await askForPeople();
      onClose();
    },
    onError: refused,
  });
  return (
    <Dialog title={words.addPasskey} onClose={onClose}>
      <DialogForm
        submit={words.add}
        refusal={name.trim() === '' ? text.form.correct : null}
        pending={isPending}
        alert={null}
        onSubmit={mutate}
        onClose={onClose}
      >
        <TypedField label={words.passkeyName} error={undefined} value={name} onChange={setName} />
      </DialogForm>
    </Dialog>
  );
}
