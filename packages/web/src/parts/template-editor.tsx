// A template edited as YAML: what is wrong stands beside its line, what is right is saved as the next version, or as a
// template of one's own.

import { contract } from '@mainstay/wire/contract';
import type { TemplateBody, TemplateShown } from '@mainstay/wire/templates';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { call } from '../api.ts';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { holdTemplate } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { refusalHere, useAccess } from './access.ts';
import { alertOf } from './act.ts';
import { useLeaveQuestion } from './leave-question.tsx';
import { useTemplateText } from './template-text.ts';
import { YamlField } from './yaml-field.tsx';

interface TemplateEditorProps {
  readonly shown: TemplateShown;
  /** Whether it becomes another template; else the next version of this one. */
  readonly asCopy: boolean;
  readonly onClose: () => void;
}

export function TemplateEditor({ shown: now, asCopy, onClose }: TemplateEditorProps) {
  const navigate = useNavigate();
  // Somebody else may save it meanwhile: what was begun from is what a save is measured against.
  const [shown] = useState(now);
  const begun = asCopy ? shown.yaml.replace(/^name: .*$/m, `name: '${templateText.copyOf(shown.name).replaceAll("'", "''")}'`) : shown.yaml;
  const [typed, setTyped] = useState(begun);
  const isSaved = useRef(false);
  const leaving = useLeaveQuestion(() => !isSaved.current && typed !== begun, templateText.leaveDetail);
  const { answer, errors, message, reading } = useTemplateText(typed);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (template: TemplateBody) =>
      asCopy
        ? call(contract.createTemplate, { body: { template } })
        : call(contract.saveTemplate, { params: { templateId: shown.id }, body: { template, version: shown.newest } }),
    onSuccess: (saved) => {
      isSaved.current = true;
      holdTemplate(saved);
      onClose();
      return navigate(paths.template(saved.id));
    },
  });
  useAccess();
  const refusal =
    refusalHere('templates') ??
    (reading
      ? templateText.reading
      : answer === null
        ? text.form.correct
        : !asCopy && typed === begun && shown.version === shown.newest
          ? text.settings.none
          : null);
  return (
    <>
      <PageHead title={asCopy ? templateText.copyTitle(shown.name) : templateText.editTitle(shown.name)} />
      <form
        noValidate
        className="flex max-w-5xl flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (answer && refusal === null && !isPending) mutate(answer.template);
        }}
      >
        <p className="text-ink-soft">{asCopy ? templateText.copyDetail : templateText.editDetail(shown.newest + 1)}</p>
        <YamlField label={templateText.yaml} value={typed} errors={errors} onChange={setTyped} />
        <p role="status" className="text-aside text-ink-soft">
          {reading ? templateText.reading : answer ? templateText.right : (message ?? '')}
        </p>
        <AlertLine words={alertOf(error)} />
        <div className="flex gap-2">
          <Button kind="primary" type="submit" pending={isPending} refusal={refusal}>
            {asCopy ? templateText.saveCopy : templateText.saveVersion(shown.newest + 1)}
          </Button>
          <Button onPress={onClose}>{text.cancel}</Button>
        </div>
      </form>
      {leaving}
    </>
  );
}
