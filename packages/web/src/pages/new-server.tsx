// Making a server: what it is made of is chosen first (a template, another server, nothing), then it is described, and then
// its progress is seen until it runs, without leaving the page.

import { idPattern, type ServerId } from '@mainstay/core/id';
import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { cloneText } from '../messages/clone.ts';
import { hostText } from '../messages/hosts.ts';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { refusalAt, refusalHere } from '../parts/access.ts';
import { detailOf } from '../parts/act.ts';
import { CloneForm } from '../parts/clone-form.tsx';
import { CreateForm } from '../parts/create-form.tsx';
import { CreationProgress } from '../parts/creation-progress.tsx';
import { NotCovered, OnlyWith } from '../parts/only-with.tsx';
import { TemplateChoice } from '../parts/template-choice.tsx';
import { TemplateForm } from '../parts/template-form.tsx';
import { fromScratch, paths, patterns } from '../paths.ts';
import { agentsQuery, serverQuery, templateQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';

export function NewServerPage() {
  return (
    <div className="max-w-3xl">
      <PageHead title={text.create.title} />
      <OnlyWith right="create" target="somewhere">
        <NewServer />
      </OnlyWith>
    </div>
  );
}

function NewServer() {
  const { from, template } = useSearch({ from: `/shell${patterns.newServer}` });
  const [made, setMade] = useState<Operation | null>(null);
  const agents = useQuery(agentsQuery);

  if (made) return <CreationProgress created={made} onAnother={() => setMade(null)} />;
  if (agents.data === undefined) {
    return <p className="text-ink-faint">{agents.error ? detailOf(agents.error) : hostText.loading}</p>;
  }
  const open = agents.data.filter(({ id }) => refusalAt('create', id) === null);
  if (open.length === 0) {
    const refusal = refusalHere('create');
    return refusal === null ? <NoHost /> : <NotCovered title={hostText.noneToCreate} refusal={refusal} />;
  }
  const parts = { agents: open, onMade: setMade };
  if (from !== undefined) return <LikeAnother key={from} {...parts} from={from} />;
  if (template === undefined) return <TemplateChoice />;
  if (template === fromScratch) return <CreateForm {...parts} />;
  return <FromTemplate key={template} {...parts} template={template} />;
}

interface FormProps {
  readonly agents: readonly Agent[];
  readonly onMade: (operation: Operation) => void;
}

/** Another server's clone. */
function LikeAnother({ from, ...parts }: FormProps & { readonly from: string }) {
  const known = idPattern.test(from);
  const original = useQuery({ ...serverQuery(from as ServerId), enabled: known });
  if (original.data) return <CloneForm {...parts} original={original.data} />;
  if (known && original.isPending) return <p className="text-ink-faint">{cloneText.loading}</p>;
  return (
    <Face
      shape="question"
      title={cloneText.unknown}
      next={
        <Link {...paths.servers()} className={buttonClass()}>
          {text.navigation.servers}
        </Link>
      }
    >
      <p>{cloneText.unknownDetail}</p>
    </Face>
  );
}

function FromTemplate({ template, ...parts }: FormProps & { readonly template: string }) {
  const { data, error } = useQuery(templateQuery(template));
  if (data) return <TemplateForm {...parts} shown={data} />;
  if (!error) return <p className="text-ink-faint">{templateText.loading}</p>;
  return (
    <Face
      shape="question"
      title={templateText.unknown}
      next={
        <Link {...paths.newServer()} className={buttonClass()}>
          {templateText.fromTemplate.another}
        </Link>
      }
    >
      <p>{detailOf(error)}</p>
    </Face>
  );
}

function NoHost() {
  return (
    <Face
      title={text.create.noHost}
      next={
        <Link {...paths.hosts()} className={buttonClass({ kind: 'primary' })}>
          {text.hosts.add}
        </Link>
      }
    >
      <p>{text.servers.first.noHostDetail}</p>
    </Face>
  );
}
