// Somebody else's template or egg: dropped, chosen or pasted here, shown with what is and is not carried over, and saved only
// then.

import { contract } from '@mainstay/wire/contract';
import type { ReadAnswer, TemplateBody } from '@mainstay/wire/templates';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { call } from '../api.ts';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { holdTemplate } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { alertOf } from './act.ts';
import { useTemplateText } from './template-text.ts';

export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const fileId = useId();
  const textId = useId();
  const [typed, setTyped] = useState('');
  const [over, setOver] = useState(false);
  const { answer, errors, message, reading } = useTemplateText(typed);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (template: TemplateBody) => call(contract.createTemplate, { body: { template } }),
    onSuccess: (saved) => {
      holdTemplate(saved);
      onClose();
      return navigate(paths.template(saved.id));
    },
  });
  const take = async (files: FileList | null) => {
    const [file] = files ?? [];
    if (file) setTyped(await file.text());
  };
  const refusal =
    typed.trim() === ''
      ? templateText.importing.nothing
      : reading
        ? templateText.reading
        : answer === null
          ? templateText.importing.wrong
          : null;
  return (
    <Dialog title={templateText.importing.title} wide onClose={onClose}>
      <DialogText>{templateText.importing.detail}</DialogText>
      <fieldset
        aria-label={templateText.importing.title}
        className={`flex flex-col gap-2 rounded-control border border-dashed p-3 ${over ? 'border-accent bg-hover' : 'border-edge'}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files);
        }}
      >
        <div className="flex flex-wrap items-center gap-3">
          <label htmlFor={fileId} className="text-aside font-[550]">
            {templateText.importing.file}
          </label>
          <input
            id={fileId}
            type="file"
            accept=".yaml,.yml,.json"
            onChange={({ target }) => void take(target.files)}
            className="text-aside"
          />
        </div>
        <label htmlFor={textId} className="text-aside font-[550]">
          {templateText.importing.text}
        </label>
        <textarea
          id={textId}
          rows={6}
          value={typed}
          spellCheck={false}
          onChange={({ target }) => setTyped(target.value)}
          className="rounded-control border border-edge bg-panel px-2.5 py-1.5 font-mono text-[12.5px]"
        />
      </fieldset>
      <div role="status" className="flex flex-col gap-2">
        {reading ? <p className="text-ink-faint">{templateText.reading}</p> : null}
        {errors.length > 0 || message !== null ? (
          <ul className="flex flex-col gap-0.5 text-aside text-failed">
            {message === null ? null : <li>{message}</li>}
            {errors.map(({ line, message: said }) => (
              <li key={`${line} ${said}`}>{templateText.atLine(line, said)}</li>
            ))}
          </ul>
        ) : null}
        {answer ? <Preview answer={answer} /> : null}
      </div>
      <AlertLine words={alertOf(error)} />
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="primary" pending={isPending} refusal={refusal} onPress={() => answer && mutate(answer.template)}>
          {templateText.importing.save}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function Preview({ answer: { format, template, notes } }: { readonly answer: ReadAnswer }) {
  const { variables, server } = template;
  const carried = [
    templateText.importing.image(server.image),
    templateText.importing.variables(variables.length),
    ...(server.install === null ? [] : [templateText.importing.install(server.install.image)]),
    ...(server.files.length === 0 ? [] : [templateText.importing.files(server.files.map(({ path }) => path).join(', '))]),
    ...(server.ready === null ? [] : [templateText.importing.ready(server.ready.line)]),
    ...(server.console.via === 'none' || server.console.stopCommand === null
      ? []
      : [templateText.importing.stop(server.console.stopCommand)]),
  ];
  return (
    <>
      <h3 className="font-[600]">{templateText.importing.found(format, template.name)}</h3>
      <section aria-label={templateText.importing.carried}>
        <h4 className="text-aside font-[550]">{templateText.importing.carried}</h4>
        <ul className="list-disc pl-5 text-aside text-ink-soft wrap-anywhere">
          {carried.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      {format === 'egg' || server.install !== null ? <Strange server={server} startups={startupsOf(template)} /> : null}
      {format === 'egg' ? (
        <section aria-label={templateText.importing.notCarried}>
          <h4 className="text-aside font-[550]">{templateText.importing.notCarried}</h4>
          {notes.length === 0 ? (
            <p className="text-aside text-ink-soft">{templateText.importing.allCarried}</p>
          ) : (
            <ul className="list-disc pl-5 text-aside text-ink-soft wrap-anywhere">
              {notes.map(({ code, field, value }) => (
                <li key={`${code} ${field} ${value}`}>{templateText.importing.notes[code](value)}</li>
              ))}
            </ul>
          )}
        </section>
      ) : null}
    </>
  );
}

function startupsOf({ variables, server }: TemplateBody): string {
  const choice = variables.find(({ name }) => server.env['STARTUP'] === `{{${name}}}`);
  return choice?.type === 'choice' ? choice.options.map(({ value }) => value).join('\n') : (server.env['STARTUP'] ?? '');
}

/** What a stranger's egg will run: nobody should have to save it to read that. */
function Strange({ server, startups }: { readonly server: TemplateBody['server']; readonly startups: string }) {
  const folded = (title: string, code: string) => (
    <details className="text-aside">
      <summary className="cursor-pointer font-[550]">{title}</summary>
      <pre className="mt-1 max-h-72 overflow-auto rounded-control border border-edge p-2 font-mono text-[12.5px]">{code}</pre>
    </details>
  );
  return (
    <section aria-label={templateText.importing.strangeTitle} className="flex flex-col gap-1">
      <p className="text-aside">{templateText.importing.strange}</p>
      {server.install === null ? null : folded(templateText.importing.script, server.install.script)}
      {startups === '' ? null : folded(templateText.importing.startup, startups)}
    </section>
  );
}
