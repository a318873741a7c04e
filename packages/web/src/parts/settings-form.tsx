// A server's settings: the record is changed, a rebuild applies it. What was there when the editing began is what the
// changes are measured against; when somebody else changed it meanwhile, that is said and nothing is overwritten.

import { takesRebuild } from '@mainstay/core/drift';
import { permission } from '@mainstay/core/lifecycle';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { holdServer } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { notify } from '../ui/toast.tsx';
import { refusalOn, useAccess } from './access.ts';
import { type ConfigureBody, changedFields, checkChanges, draftOf, errorsOfFault } from './draft.ts';
import { useLeaveQuestion } from './leave-question.tsx';
import { OutdatedNote } from './outdated-note.tsx';
import { fieldsText } from './sentences.ts';
import { ServerFields } from './server-fields.tsx';
import { SettingsChanges } from './settings-changes.tsx';
import { useDraft } from './use-draft.ts';

export function SettingsForm({ server }: { readonly server: Server }) {
  const [base, setBase] = useState(server);
  const form = useDraft(
    () => draftOf(base),
    (draft) => checkChanges(draft, base),
    errorsOfFault,
  );
  const changed = changedFields(form.draft, base);
  const checked = checkChanges(form.draft, base);
  const begin = (from: Server) => {
    setBase(from);
    form.reset(draftOf(from));
  };
  // Nobody is typing: the form simply follows the record.
  if (base.revision !== server.revision && changed.length === 0) begin(server);
  const overtaken = base.revision !== server.revision && changed.length > 0;

  const { mutate, isPending } = useMutation({
    mutationFn: (body: ConfigureBody) => call(contract.configureServer, { params: { serverId: server.id }, body }),
    onSuccess: (saved) => {
      const atOnce = !changed.some(takesRebuild);
      holdServer(saved);
      begin(saved);
      notify({
        tone: 'news',
        title: text.settings.saved,
        detail: atOnce ? text.settings.savedAtOnce : saved.outdated.length > 0 ? text.settings.savedDetail : text.settings.savedNothing,
      });
    },
    onError: form.refuse,
  });

  const leaving = useLeaveQuestion(() => changed.length > 0, text.settings.leaveDetail(fieldsText(changed)));
  useAccess();
  const allowed = permission(server.state, 'configure');
  const barred = refusalOn(server, 'configure') ?? (allowed === 'yes' ? null : text.refusal(allowed.no));
  const refusal = barred !== null ? barred : overtaken ? text.settings.stale : changed.length === 0 ? text.settings.none : null;
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal !== null) return;
        const body = form.submit();
        if (body) mutate(body);
      }}
    >
      <OutdatedNote server={server} />
      <p className="text-ink-soft">{barred ?? text.settings.applies}</p>
      <fieldset disabled={barred !== null} className="contents">
        <ServerFields form={form} agentId={server.agentId} server={server} />
      </fieldset>
      {overtaken ? (
        <div
          role="alert"
          className="flex flex-wrap items-center justify-between gap-3 rounded-control border border-missing-line bg-missing-panel px-3 py-2"
        >
          <span>{text.settings.stale}</span>
          <Button size="small" onPress={() => begin(server)}>
            {text.settings.reload}
          </Button>
        </div>
      ) : null}
      <AlertLine words={form.message} />
      {changed.length > 0 && checked.kind === 'right' ? <SettingsChanges server={base} fields={changed} body={checked.body} /> : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button kind="primary" type="submit" pending={isPending} refusal={refusal}>
          {text.settings.save}
        </Button>
        {changed.length > 0 ? (
          <>
            <Button onPress={() => begin(server)}>{text.settings.reset}</Button>
            <span className="text-aside text-ink-soft">{text.settings.changes(fieldsText(changed))}</span>
          </>
        ) : null}
      </div>
      {leaving}
    </form>
  );
}
