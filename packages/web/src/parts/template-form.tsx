// The form of a server from a template: its questions, its ports, and what will be made. Patterns are looked at once their
// library has come; until then, and in any case once more, the manager does.

import type { Matcher } from '@mainstay/core/answers';
import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import type { TemplateShown } from '@mainstay/wire/templates';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { serversQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { requestFromTemplate } from './act.ts';
import { pointer } from './field-errors.ts';
import { likelyHost } from './host-field.tsx';
import { HostPortField } from './host-port-field.tsx';
import { MakingForm } from './making-form.tsx';
import { NameField } from './name-field.tsx';
import { suggestedPorts } from './port-check.tsx';
import {
  beginDraft,
  checkFromTemplate,
  errorsOfTemplateFault,
  type FromTemplateBody,
  portRows,
  reviewOf,
  type TemplateDraft,
  type TemplatePortRow,
} from './template-draft.ts';
import { type DraftForm, useDraft } from './use-draft.ts';
import { VariableField } from './variable-field.tsx';

interface TemplateFormProps {
  readonly shown: TemplateShown;
  readonly agents: readonly Agent[];
  readonly onMade: (operation: Operation) => void;
}

export function TemplateForm({ shown, agents, onMade }: TemplateFormProps) {
  const { template, id, version } = shown;
  const matches = useMatcher();
  const form = useDraft(
    () => beginDraft(template, likelyHost(agents)?.id ?? ''),
    (draft) => checkFromTemplate(template, draft, version, matches),
    errorsOfTemplateFault(template),
  );
  const { draft } = form;
  const host = agents.find((agent) => agent.id === draft.agentId);
  const usual = template.variables.filter(({ advanced }) => !advanced);
  const advanced = template.variables.filter((variable) => variable.advanced);
  const { data: servers } = useQuery(serversQuery);
  const rows = portRows(template, draft);
  const likely = host ? suggestedPorts(rows, host, servers ?? []) : [];
  // What is folded away and wrong would be looked for in vain.
  const wrongInside = advanced.some(({ name }) => form.errorAt(pointer('answers', name)) !== undefined);
  return (
    <MakingForm
      form={form}
      agents={agents}
      above={
        <>
          <p className="text-ink-soft">
            <strong className="font-[600] text-ink">{templateText.fromTemplate.from(template.name, version)}</strong> {template.description}
          </p>
          {template.experimental ? <p className="text-missing">{templateText.experimentalDetail}</p> : null}
          <NameField value={draft.name} error={form.errorAt(pointer('name'))} onType={(name) => form.change({ name }, pointer('name'))} />
        </>
      }
      review={reviewOf(template, draft, likely)}
      submit={text.create.submit}
      otherwise={
        <Link {...paths.newServer()} className={buttonClass()}>
          {templateText.fromTemplate.another}
        </Link>
      }
      send={(body: FromTemplateBody) => requestFromTemplate(id, body)}
      onMade={onMade}
    >
      {usual.map((variable) => (
        <VariableField key={variable.name} variable={variable} form={form} />
      ))}
      <TemplatePorts shown={shown} host={host} rows={rows} likely={likely} form={form} />
      {advanced.length > 0 ? (
        <details open={wrongInside || undefined}>
          <summary className="text-aside font-[550] text-ink-soft hover:text-ink">{templateText.fromTemplate.more}</summary>
          <div className="mt-4 flex flex-col gap-5">
            {advanced.map((variable) => (
              <VariableField key={variable.name} variable={variable} form={form} />
            ))}
          </div>
        </details>
      ) : null}
    </MakingForm>
  );
}

/** What looks at patterns; null until it has come. */
function useMatcher(): Matcher {
  const [matches, setMatches] = useState<Matcher>(null);
  useEffect(() => {
    let here = true;
    void import('@mainstay/wire/pattern').then(({ patternOf }) => {
      if (here)
        setMatches(() => (pattern: string, ignoreCase: boolean, typed: string) => patternOf(pattern, ignoreCase)?.matches(typed) ?? true);
    });
    return () => {
      here = false;
    };
  }, []);
  return matches;
}

interface TemplatePortsProps extends Pick<TemplateFormProps, 'shown'> {
  readonly host: Agent | undefined;
  readonly rows: readonly TemplatePortRow[];
  /** What the host would most likely give, by row. */
  readonly likely: readonly (number | null)[];
  readonly form: DraftForm<unknown, TemplateDraft>;
}

/** The template's ports, each with its place on the host: one is suggested, and what is typed is asked for there. */
function TemplatePorts({ shown: { template }, host, rows, likely, form }: TemplatePortsProps) {
  const { draft } = form;
  if (template.server.ports.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-aside font-[550]">{text.form.ports}</legend>
      {template.server.ports.map(({ name, role, protocol, containerPort }) => {
        const at = pointer('ports', name);
        return (
          <HostPortField
            key={name}
            label={templateText.fromTemplate.port(name, name === role ? null : templateText.roles[role])}
            about={
              containerPort === 'host'
                ? templateText.fromTemplate.sameInside(protocol)
                : templateText.fromTemplate.inside(containerPort, protocol)
            }
            host={host}
            ports={rows.flatMap((port, at) => (port.of === name ? [{ port, suggestion: likely[at] ?? null }] : []))}
            value={draft.ports[name] ?? ''}
            error={form.errorAt(at)}
            onType={(hostPort) => form.change({ ports: { ...draft.ports, [name]: hostPort } }, at)}
          />
        );
      })}
    </fieldset>
  );
}
