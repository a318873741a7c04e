// All templates: those that people made, and those that come with Mainstay; and the way in for others' (YAML, eggs).

import type { TemplateHead } from '@mainstay/wire/templates';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { templateText } from '../messages/templates.ts';
import { refusalHere, useAccess } from '../parts/access.ts';
import { NotThere } from '../parts/not-there.tsx';
import { TemplateCard } from '../parts/template-card.tsx';
import { isSought } from '../parts/template-choice.tsx';
import { paths } from '../paths.ts';
import { templatesQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { PageHead } from '../ui/page-head.tsx';

const ImportDialog = lazy(async () => ({ default: (await import('../parts/import-dialog.tsx')).ImportDialog }));

export function TemplatesPage() {
  const asked = useQuery(templatesQuery);
  const { data: templates } = asked;
  const [importing, setImporting] = useState(false);
  const [sought, setSought] = useState('');
  useAccess();
  const shown = templates?.filter((template) => isSought(template, sought));
  return (
    <>
      <PageHead title={templateText.title}>
        <Button kind="primary" refusal={refusalHere('templates')} onPress={() => setImporting(true)}>
          {templateText.import}
        </Button>
      </PageHead>
      {shown === undefined ? (
        <NotThere loading={templateText.loading} broken={templateText.broken} asked={[asked]} />
      ) : (
        <div className="flex flex-col gap-6">
          <div className="max-w-md">
            <Field label={templateText.search}>
              {(attributes) => <input {...attributes} type="search" value={sought} onChange={({ target }) => setSought(target.value)} />}
            </Field>
          </div>
          <Group title={templateText.own} templates={shown.filter(({ builtIn }) => !builtIn)} none={templateText.noneOwn} />
          <Group title={templateText.builtIn} templates={shown.filter(({ builtIn }) => builtIn)} none={templateText.noMatch} />
        </div>
      )}
      <Suspense>{importing ? <ImportDialog onClose={() => setImporting(false)} /> : null}</Suspense>
    </>
  );
}

interface GroupProps {
  readonly title: string;
  readonly templates: readonly TemplateHead[];
  readonly none: string;
}

function Group({ title, templates, none }: GroupProps) {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 font-[600]">{title}</h2>
      {templates.length === 0 ? (
        <p className="text-ink-soft">{none}</p>
      ) : (
        <ul className="grid grid-cols-3 gap-3 max-lg:grid-cols-2 max-sm:grid-cols-1">
          {templates.map((template) => (
            <TemplateCard key={template.id} template={template} link={paths.template(template.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}
