// What one signs in with beside the password: an authenticator app's codes, and passkeys.

import { contract } from '@mainstay/wire/contract';
import type { Factors } from '@mainstay/wire/factors';
import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { patterns } from '../paths.ts';
import { askForPeople, factorsQuery, signInWaysQuery } from '../people-queries.ts';
import { ageText } from '../ui/age.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { download } from '../ui/download.ts';
import { Panel } from '../ui/panel.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { alertOf, detailOf } from './act.ts';
import { DialogForm } from './dialog-form.tsx';
import { NoPasskey, passkeyRefusal } from './passkeys.ts';
import { SignInAgain } from './sign-in-again.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { TypedField } from './typed-field.tsx';
import { keepWanted } from './wanted.ts';

const words = people.factors;
const refused = (error: unknown) => notify({ tone: 'refusal', title: words.refused, detail: detailOf(error) });

export function FactorPanel() {
  const { data: factors } = useQuery(factorsQuery);
  const [asking, setAsking] = useState<'totp' | 'passkey' | 'turn-off' | 'untie' | null>(null);
  const close = () => setAsking(null);
  const { data: ways } = useQuery(signInWaysQuery);
  const tie = useMutation({
    mutationFn: () => call(contract.tieSso, {}),
    onSuccess: ({ url }) => {
      keepWanted(patterns.account);
      location.assign(url);
    },
    onError: refused,
  });
  if (factors === undefined) return null;
  return (
    <Panel title={words.title}>
      <ul className="-my-3 divide-y divide-line">
        <li className={rowClass}>
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-[550]">{words.totp}</p>
            <p className="text-aside text-ink-soft">{factors.totp ? words.totpOn(factors.recoveryCodes) : words.totpOff}</p>
          </div>
          {factors.totp ? (
            <Button size="small" onPress={() => setAsking('turn-off')}>
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
              <Button size="small" onPress={() => setAsking('untie')}>
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
          <Button size="small" refusal={passkeyRefusal()} onPress={() => setAsking('passkey')}>
            {words.addPasskey}
          </Button>
        </li>
        {factors.passkeys.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      {asking === 'totp' ? <TotpDialog onClose={close} /> : null}
      {asking === 'passkey' ? <PasskeyDialog onClose={close} /> : null}
      {asking === 'turn-off' ? (
        <SureDialog
          title={words.turnOffTitle}
          detail={words.turnOffDetail}
          confirm={words.turnOffConfirm}
          refused={words.refused}
          onConfirm={() => call(contract.removeTotp, {})}
          onDone={askForPeople}
          onClose={close}
        />
      ) : null}
      {asking === 'untie' && ways?.sso ? (
        <SureDialog
          title={words.untieTitle(ways.sso)}
          detail={words.untieDetail}
          confirm={words.untieConfirm}
          refused={words.refused}
          onConfirm={() => call(contract.untieSso, {})}
          onDone={askForPeople}
          onClose={close}
        />
      ) : null}
    </Panel>
  );
}

const rowClass = 'flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5';

function PasskeyRow({ passkey: { id, name, createdAt } }: { readonly passkey: Factors['passkeys'][number] }) {
  const [asking, setAsking] = useState(false);
  return (
    <li className={rowClass}>
      <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
        {name}{' '}
        <span className="text-aside text-ink-faint">
          <Ticking words={(now) => words.added(ageText(now - createdAt))} />
        </span>
      </p>
      <Button size="small" label={words.removeLabel(name)} onPress={() => setAsking(true)}>
        {words.remove}
      </Button>
      {asking ? (
        <SureDialog
          title={words.removeTitle(name)}
          detail={words.removeDetail}
          confirm={words.removeConfirm}
          refused={words.refused}
          onConfirm={() => call(contract.removePasskey, { params: { passkeyId: id } })}
          onDone={askForPeople}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}

function TotpDialog({ onClose }: { readonly onClose: () => void }) {
  const [code, setCode] = useState('');
  // Apps show it in two halves.
  const digits = code.replace(/\s/g, '');
  const dialogId = useId();
  // A query, though it makes something: it is made once a dialog, however often React draws it.
  const { data: begun, error: notBegun } = useQuery({
    queryKey: ['new-totp', dialogId],
    queryFn: () => call(contract.createTotp, {}),
    gcTime: 0,
  });
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: (ticket: string) => call(contract.confirmTotp, { body: { ticket, code: digits } }),
    onSuccess: askForPeople,
  });
  if (data) {
    return (
      <Dialog alert title={words.codes} onClose={onClose}>
        <DialogText>{words.codesDetail}</DialogText>
        <ul className="grid grid-cols-2 gap-x-6 gap-y-1 rounded-control border border-line bg-page px-4 py-3 font-mono text-[12.5px]">
          {data.codes.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        <div className="flex flex-wrap items-center gap-4">
          <Button size="small" onPress={() => download('mainstay-recovery-codes.txt', `${data.codes.join('\n')}\n`)}>
            {words.codesFile}
          </Button>
          <Copy copied={data.codes.join('\n')} shown={words.copyCodes} />
        </div>
        <DialogButtons>
          <Button kind="primary" onPress={onClose}>
            {people.people.done}
          </Button>
        </DialogButtons>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.totp} onClose={onClose}>
      <DialogText>{words.scan}</DialogText>
      {begun ? (
        <DialogForm
          submit={words.confirm}
          refusal={/^\d{6}$/.test(digits) ? null : words.sixDigits}
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
        <>
          <AlertLine words={alertOf(notBegun)} />
          <SignInAgain error={notBegun} />
        </>
      )}
    </Dialog>
  );
}

function PasskeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const { options } = await call(contract.registerPasskey, {});
      const response = await startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON }).catch(() => {
        throw new NoPasskey(words.aborted);
      });
      await call(contract.addPasskey, { body: { name: name.trim(), response: { ...response } } });
    },
    onSuccess: async () => {
      await askForPeople();
      onClose();
    },
  });
  return (
    <Dialog title={words.addPasskey} onClose={onClose}>
      <DialogForm
        submit={words.add}
        refusal={name.trim() === '' ? text.form.correct : null}
        pending={isPending}
        alert={error instanceof NoPasskey ? error.message : alertOf(error)}
        onSubmit={mutate}
        onClose={onClose}
      >
        <TypedField label={words.passkeyName} error={undefined} value={name} onChange={setName} />
        <SignInAgain error={error} />
      </DialogForm>
    </Dialog>
  );
}
