// What a server was made from, and whether there is a newer version of it; and the way from a server to a template.

import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { templatesQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { refusalHere, refusalOn, useAccess } from './access.ts';

const SaveAsTemplateDialog = lazy(async () => ({ default: (await import('./template-dialogs.tsx')).SaveAsTemplateDialog }));

/** Of a server that was made from one. */
export function TemplateLine({ template }: { readonly template: NonNullable<Server['template']> }) {
  const { data: templates } = useQuery(templatesQuery);
  const now = templates?.find(({ id }) => id === template.id);
  const made = templateText.madeFrom(template.name, template.version);
  if (templates !== undefined && !now) return <span>{`${made}${text.separator}${templateText.gone}`}</span>;
  return (
    <span>
      <Link {...paths.template(template.id)} className="underline-offset-3 hover:underline">
        {made}
      </Link>
      {now && now.version > template.version ? (
        <span className="text-ink-soft">
          {text.separator}
          {templateText.newer(now.version)}
        </span>
      ) : null}
    </span>
  );
}

export function SaveAsTemplate({ server }: { readonly server: Server }) {
  const [saving, setSaving] = useState(false);
  useAccess();
  const refusal = refusalHere('templates') ?? refusalOn(server, 'configure');
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p className="min-w-0 flex-1 basis-72 text-ink-soft">{templateText.saveAsDetail}</p>
      <Button refusal={refusal} onPress={() => setSaving(true)}>
        {templateText.saveAs}
      </Button>
      <Suspense>{saving ? <SaveAsTemplateDialog server={server} onClose={() => setSaving(false)} /> : null}</Suspense>
    </div>
  );
}
