// What a press on "Create" will make, read off the draft as it stands, before anything is made.

import type { Agent } from '@mainstay/wire/agents';
import { useQuery } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { imagesQuery, serversQuery } from '../queries.ts';
import { memoryText } from '../ui/bytes.ts';
import { type Fact, Facts } from '../ui/panel.tsx';
import type { Draft } from './draft.ts';
import { numberIn } from './field-errors.ts';
import { suggestedPorts } from './port-check.tsx';

export function CreateReview({ draft, agent }: { readonly draft: Draft; readonly agent: Agent }) {
  const { data: images } = useQuery(imagesQuery(agent.id));
  const { data: servers } = useQuery(serversQuery);
  const suggestions = suggestedPorts(draft.ports, agent, servers ?? []);
  const image = draft.image.trim();
  const there = images?.items.some(({ reference }) => reference === image || reference === `${image}:latest`);
  const fact = (key: keyof typeof text.review.facts, value: Fact['value']): Fact => ({ term: text.review.facts[key], value });
  const list = (items: readonly string[], none: string) =>
    items.length === 0 ? (
      none
    ) : (
      <ul className="font-mono text-[12.5px]/5">
        {items.map((item, at) => (
          <li key={at}>{item}</li>
        ))}
      </ul>
    );
  const ports = draft.ports.map(({ protocol, containerPort, hostPort }, at) => {
    const suggested = hostPort.trim() === '' ? (suggestions[at] ?? null) : null;
    const address = `${agent.name}:${hostPort.trim() || (suggested ?? '?')}/${protocol} → ${containerPort.trim() || '?'}`;
    return hostPort.trim() === '' ? `${address} (${suggested === null ? text.form.hostPortFree : text.review.likely})` : address;
  });
  const limits = [
    ...amountIn(draft.memoryMb).map((mebibytes) => text.server.memoryLimit(memoryText(mebibytes * 1024 * 1024))),
    ...amountIn(draft.cpus).map(text.units.cores),
  ];
  const facts: Fact[] = [
    fact('container', draft.name.trim() === '' ? text.review.unnamed : text.review.on(draft.name.trim(), agent.name)),
    fact(
      'image',
      image === '' ? (
        text.none
      ) : (
        <>
          <span className="font-mono text-[12.5px]">{image}</span>
          <span className="text-ink-faint">
            {text.separator}
            {there === undefined ? text.review.imageUnknown : there ? text.review.imageThere : text.review.imagePulled}
          </span>
        </>
      ),
    ),
    fact('ports', list(ports, text.servers.noPorts)),
    fact(
      'data',
      list(
        draft.volumes.map(({ name, containerPath }) => `${name || '?'} → ${containerPath || '?'}`),
        text.data.noVolumes,
      ),
    ),
    fact('limits', limits.length === 0 ? text.server.noLimits : limits.join(text.separator)),
    fact('afterwards', draft.start ? text.review.starts(text.form.restartPolicies[draft.restart]) : text.review.stays),
  ];
  return (
    <section aria-label={text.review.title} className="rounded-control border border-line bg-page px-4 py-3">
      <h2 className="mb-2 text-aside font-[600]">{text.review.title}</h2>
      <Facts facts={facts} />
    </section>
  );
}

/** What was typed, when it is a number; what is none is told beside its field. */
function amountIn(typed: string): number[] {
  const value = numberIn(typed);
  return typeof value === 'number' ? [value] : [];
}
