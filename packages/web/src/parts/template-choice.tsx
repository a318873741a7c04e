// What a new server is made of: the sample first, then every template, and a description from scratch.

import type { TemplateHead } from '@mainstay/wire/templates';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { templateText } from '../messages/templates.ts';
import { fromScratch, paths } from '../paths.ts';
import { templatesQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { detailOf } from './act.ts';
import { TemplateCard } from './template-card.tsx';

export function TemplateChoice() {
  const { data, error } = useQuery(templatesQuery);
  const templates = data?.filter(({ broken }) => !broken);
  const [sought, setSought] = useState('');
  if (templates === undefined) {
    return <p className="text-ink-faint">{error ? detailOf(error) : templateText.loading}</p>;
  }
  const own = templates.filter(({ builtIn }) => !builtIn);
  const shown = [...own, ...templates.filter(({ builtIn }) => builtIn)].filter((template) => isSought(template, sought));
  // Whoever has made none of their own is most likely new here.
  const ordered = own.length === 0 ? shown.toSorted((a, b) => Number(b.id === 'sample') - Number(a.id === 'sample')) : shown;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-soft">{templateText.fromTemplate.choice}</p>
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-56 flex-1">
          <Field label={templateText.search}>
            {(attributes) => <input {...attributes} type="search" value={sought} onChange={({ target }) => setSought(target.value)} />}
          </Field>
        </div>
        <Link {...paths.newServer({ template: fromScratch })} className={buttonClass()}>
          {templateText.fromTemplate.scratch}
        </Link>
        <Link {...paths.templates()} className={buttonClass({ kind: 'quiet' })}>
          {templateText.fromTemplate.manage}
        </Link>
      </div>
      {ordered.length === 0 ? <p className="text-ink-faint">{templateText.noMatch}</p> : null}
      <h2 className="sr-only">{templateText.title}</h2>
      <ul className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        {ordered.map((template) => (
          <TemplateCard key={template.id} template={template} link={paths.newServer({ template: template.id })} />
        ))}
      </ul>
    </div>
  );
}

export function isSought({ name, description, image }: TemplateHead, sought: string): boolean {
  const place = `${name} ${description} ${image}`.toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => place.includes(word));
}
