// What a template asks, and what it makes, in words.

import type { TemplateVariable } from '@mainstay/core/answers';
import type { TemplateBody } from '@mainstay/wire/templates';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { type Fact, Facts } from '../ui/panel.tsx';

const mono = (value: string) => <span className="font-mono text-[12.5px]">{value}</span>;
const lines = (values: readonly string[], none: string) =>
  values.length === 0 ? (
    none
  ) : (
    <ul>
      {values.map((value) => (
        <li key={value}>{mono(value)}</li>
      ))}
    </ul>
  );

export function VariableTable({ variables }: { readonly variables: readonly TemplateVariable[] }) {
  if (variables.length === 0) return <p className="text-ink-soft">{templateText.asksNothing}</p>;
  return (
    <ul className="flex flex-col divide-y divide-line">
      {variables.map((variable) => (
        <li key={variable.name} className="flex flex-col gap-0.5 py-2 first:pt-0 last:pb-0">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-[550]">{variable.label}</span>
            {mono(variable.name)}
            <span className="text-small text-ink-faint">{rulesText(variable)}</span>
          </span>
          {variable.hint === null ? null : (
            <span className="text-aside text-ink-soft whitespace-pre-line wrap-anywhere">{variable.hint}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What an answer must be, in a line. */
function rulesText(variable: TemplateVariable): string {
  const words = templateText.rules;
  const bound = (least: number | null, most: number | null, between: (least: number | null, most: number | null) => string) =>
    least === null && most === null ? [] : [between(least, most)];
  const parts = [words.kinds[variable.type], ...(variable.required ? [words.required] : [])];
  switch (variable.type) {
    case 'text':
    case 'secret':
      parts.push(
        ...bound(variable.minLength, variable.maxLength, words.length),
        ...(variable.pattern === null ? [] : [words.pattern(variable.pattern)]),
      );
      break;
    case 'number':
      parts.push(...bound(variable.min, variable.max, words.range));
      break;
    case 'choice':
      parts.push(variable.options.map(({ value, label }) => label ?? value).join(', '));
      break;
    case 'boolean':
      break;
  }
  if (variable.type !== 'secret' && variable.default !== null)
    parts.push(words.default(variable.type === 'boolean' ? (variable.default ? variable.on : variable.off) : String(variable.default)));
  return parts.join(text.separator);
}

export function TemplateFacts({ template: { server } }: { readonly template: TemplateBody }) {
  const { image, command, env, ports, volumes, limits, stop, console, ready, install, files, query } = server;
  const fact = (term: string, value: Fact['value']): Fact => ({ term, value });
  const terms = text.server.fact;
  const limit = (value: number | string | null) => (value === null ? text.form.noLimit : String(value));
  const bySignal = text.server.stopping(stop.signal ?? text.server.imageSignal, text.units.seconds(stop.graceSeconds));
  const facts: Fact[] = [
    fact(terms.image, mono(image)),
    ...(command === null ? [] : [fact(terms.command, mono(command.join(' ')))]),
    fact(
      terms.env,
      lines(
        Object.entries(env).map(([name, value]) => `${name}=${value}`),
        text.server.noEnv,
      ),
    ),
    fact(
      text.form.ports,
      lines(
        ports.map(
          ({ name, role, protocol, containerPort }) =>
            `${name} (${templateText.roles[role]}): ${containerPort === 'host' ? templateText.hostNumber : containerPort}/${protocol}`,
        ),
        text.servers.noPorts,
      ),
    ),
    fact(
      terms.volumes,
      lines(
        volumes.map(({ name, containerPath }) => `${name} → ${containerPath}`),
        text.data.noVolumes,
      ),
    ),
    fact(terms.limits, templateText.limits(limit(limits.memoryMb), limit(limits.cpus))),
    fact(
      terms.stop,
      console.via === 'none' || console.stopCommand === null ? bySignal : text.server.stoppingBy(console.stopCommand, bySignal),
    ),
    fact(
      terms.console,
      console.via === 'rcon' ? text.server.rcon(console.containerPort, console.passwordEnv) : text.server.consoles[console.via],
    ),
    ...(ready === null ? [] : [fact(text.form.ready, mono(ready.line))]),
    ...(install === null ? [] : [fact(terms.install, mono(`${install.entrypoint} · ${install.image}`))]),
    ...(files.length === 0
      ? []
      : [
          fact(
            terms.files,
            lines(
              files.map(({ path, parser }) => `${path} (${parser})`),
              '',
            ),
          ),
        ]),
    ...(query === null ? [] : [fact(templateText.query, `${query.kind} · ${query.port}`)]),
  ];
  return <Facts facts={facts} />;
}
