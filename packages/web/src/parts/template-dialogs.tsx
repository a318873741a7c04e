// The questions about templates: whether one is to be forgotten, and what a server saved as one is called.

import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import type { TemplateBody, TemplateShown } from '@mainstay/wire/templates';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { holdTemplate, serverTemplateQuery } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { alertOf } from './act.ts';
import { DialogForm } from './dialog-form.tsx';

interface RemoveTemplateDialogProps {
  readonly shown: Pick<TemplateShown, 'id' | 'name' | 'newest'>;
  readonly onClose: () => void;
}

export function RemoveTemplateDialog({ shown, onClose }: RemoveTemplateDialogProps) {
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call(contract.removeTemplate, { params: { templateId: shown.id } }),
    onSuccess: () => navigate(paths.templates()),
  });
  return (
    <Dialog alert title={templateText.removeTitle(shown.name)} onClose={onClose}>
      <DialogText>{templateText.removeDetail(shown.newest)}</DialogText>
      <AlertLine words={alertOf(error)} />
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" pending={isPending} onPress={() => mutate()}>
          {templateText.removeConfirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

export function SaveAsTemplateDialog({ server, onClose }: { readonly server: Server; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { data, error } = useQuery(serverTemplateQuery(server.id));
  const [name, setName] = useState(server.name);
  const save = useMutation({
    mutationFn: (template: TemplateBody) => call(contract.createTemplate, { body: { template: { ...template, name: name.trim() } } }),
    onSuccess: (saved) => {
      holdTemplate(saved);
      onClose();
      return navigate(paths.template(saved.id));
    },
  });
  const secrets = data?.template.variables.filter(({ type }) => type === 'secret').map(({ name: secret }) => secret) ?? [];
  return (
    <Dialog title={templateText.saveTitle(server.name)} onClose={onClose}>
      <DialogForm
        submit={templateText.save}
        refusal={name.trim() === '' ? templateText.needsName : null}
        pending={save.isPending || (!data && !error)}
        alert={alertOf(error ?? save.error)}
        onSubmit={() => data && save.mutate(data.template)}
        onClose={onClose}
      >
        <DialogText>{templateText.saveDetail}</DialogText>
        {secrets.length > 0 ? <DialogText>{templateText.saveSecrets(secrets.join(', '))}</DialogText> : null}
        <Field label={templateText.name}>
          {(attributes) => (
            <input {...attributes} value={name} maxLength={80} autoComplete="off" onChange={({ target }) => setName(target.value)} />
          )}
        </Field>
      </DialogForm>
    </Dialog>
  );
}
