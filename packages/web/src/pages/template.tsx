// One template: what it asks, what it makes, its versions; and what can be done with it.

import { Fault } from '@mainstay/core/fault';
import type { TemplateShown } from '@mainstay/wire/templates';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { templateText } from '../messages/templates.ts';
import { refusalHere, useAccess } from '../parts/access.ts';
import { detailOf } from '../parts/act.ts';
import { TemplateFacts, VariableTable } from '../parts/template-facts.tsx';
import { paths, patterns } from '../paths.ts';
import { templateQuery } from '../queries.ts';
import { exactText } from '../ui/age.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { download } from '../ui/download.ts';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { Panel } from '../ui/panel.tsx';

const TemplateEditor = lazy(async () => ({ default: (await import('../parts/template-editor.tsx')).TemplateEditor }));
const RemoveTemplateDialog = lazy(async () => ({ default: (await import('../parts/template-dialogs.tsx')).RemoveTemplateDialog }));

export function TemplatePage() {
  const { templateId } = useParams({ from: `/shell${patterns.template}` });
  const { version } = useSearch({ from: `/shell${patterns.template}` });
  const { data, error } = useQuery(templateQuery(templateId, version));
  if (data) return <Shown key={`${templateId} ${version ?? 'newest'}`} shown={data} />;
  if (!error) return <p className="text-ink-faint">{templateText.loading}</p>;
  if (error instanceof Fault && error.code === 'template-broken') return <Broken templateId={templateId} fault={error} />;
  return (
    <Face level={1} shape="question" title={templateText.unknown} next={back}>
      <p>{detailOf(error)}</p>
    </Face>
  );
}

const back = (
  <Link {...paths.templates()} className={buttonClass()}>
    {templateText.back}
  </Link>
);

/** One that this Mainstay cannot read: why, and its text for whoever mends it. */
function Broken({ templateId, fault }: { readonly templateId: string; readonly fault: Fault }) {
  const [removing, setRemoving] = useState(false);
  useAccess();
  const { text, name, newest } = fault.extra;
  const next = (
    <>
      {back}
      <Button kind="danger" refusal={refusalHere('templates')} onPress={() => setRemoving(true)}>
        {templateText.remove}
      </Button>
    </>
  );
  return (
    <>
      <Face level={1} shape="question" title={templateText.cannotBeRead} next={next}>
        <p>{detailOf(fault)}</p>
        <pre className="max-h-96 overflow-auto text-left font-mono text-[12.5px]">{String(text)}</pre>
      </Face>
      <Suspense>
        {removing ? (
          <RemoveTemplateDialog shown={{ id: templateId, name: String(name), newest: Number(newest) }} onClose={() => setRemoving(false)} />
        ) : null}
      </Suspense>
    </>
  );
}

/** What is open beside the template. */
type Open = 'edit' | 'copy' | 'remove' | null;

function Shown({ shown }: { readonly shown: TemplateShown }) {
  const [open, setOpen] = useState<Open>(null);
  const { template, builtIn, version, newest, versions, yaml } = shown;
  const close = () => setOpen(null);
  useAccess();
  const refusal = refusalHere('templates');
  const unusable = refusalHere('create', 'somewhere');
  if (open === 'edit' || open === 'copy') {
    return (
      <Suspense fallback={<p className="text-ink-faint">{templateText.loading}</p>}>
        <TemplateEditor shown={shown} asCopy={open === 'copy'} onClose={close} />
      </Suspense>
    );
  }
  return (
    <>
      <PageHead title={template.name}>
        {unusable === null ? (
          <Link {...paths.newServer({ template: shown.id })} className={buttonClass({ kind: 'primary' })}>
            {templateText.use}
          </Link>
        ) : (
          <Button kind="primary" refusal={unusable}>
            {templateText.use}
          </Button>
        )}
        {builtIn ? null : (
          <Button refusal={refusal} onPress={() => setOpen('edit')}>
            {templateText.edit}
          </Button>
        )}
        <Button refusal={refusal} onPress={() => setOpen('copy')}>
          {templateText.copy}
        </Button>
        <Button onPress={() => download(`${fileName(template.name)}.yaml`, yaml, 'application/yaml')}>{templateText.export}</Button>
        {builtIn ? null : (
          <Button kind="danger" refusal={refusal} onPress={() => setOpen('remove')}>
            {templateText.remove}
          </Button>
        )}
      </PageHead>
      <div className="flex max-w-4xl flex-col gap-4">
        {version < newest ? (
          <p className="rounded-control border border-line bg-panel px-4 py-2">
            {templateText.older(version, newest)}{' '}
            <Link {...paths.template(shown.id)} className="underline underline-offset-3">
              {templateText.toNewest}
            </Link>
          </p>
        ) : null}
        <p className="text-ink-soft whitespace-pre-line wrap-anywhere">{template.description}</p>
        {template.experimental ? <p className="text-missing">{templateText.experimentalDetail}</p> : null}
        <Panel title={templateText.asks}>
          <VariableTable variables={template.variables} />
        </Panel>
        <Panel title={templateText.makes}>
          <TemplateFacts template={template} />
        </Panel>
        <Panel title={templateText.versions}>
          {builtIn ? (
            <p className="text-ink-soft">{templateText.comesWith(version)}</p>
          ) : (
            <ul className="flex flex-col gap-1">
              {versions.map((each) => (
                <li key={each.version} className="flex flex-wrap gap-x-3">
                  <Link
                    {...paths.template(shown.id, each.version)}
                    className="font-[550] underline-offset-3 hover:underline"
                    aria-current={each.version === version ? 'true' : undefined}
                  >
                    {templateText.version(each.version)}
                  </Link>
                  <span className="text-ink-soft">{templateText.savedBy(each.savedBy, exactText(each.savedAt))}</span>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <Suspense>{open === 'remove' ? <RemoveTemplateDialog shown={shown} onClose={close} /> : null}</Suspense>
    </>
  );
}

/** A name that every file system takes. */
const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '') || 'template';
