// A template in a list: its name leads on, the whole card with it.

import type { TemplateHead } from '@mainstay/wire/templates';
import { Link } from '@tanstack/react-router';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import type { paths } from '../paths.ts';

interface TemplateCardProps {
  readonly template: TemplateHead;
  readonly link: ReturnType<typeof paths.newServer> | ReturnType<typeof paths.template>;
}

export function TemplateCard({ template, link }: TemplateCardProps) {
  const { name, description, image, experimental, builtIn, broken, version } = template;
  return (
    <li className="relative flex min-w-0 flex-col gap-1 rounded-panel border border-line bg-panel px-4 py-3 hover:bg-hover">
      <h3 className="flex flex-wrap items-baseline gap-x-2">
        <Link {...link} className="font-[600] after:absolute after:inset-0 wrap-anywhere">
          {name}
        </Link>
        <span className="text-small text-ink-faint">
          {[...(builtIn ? [] : [templateText.version(version)]), ...(experimental ? [templateText.experimental] : [])].join(text.separator)}
        </span>
      </h3>
      {broken ? <p className="text-failed">{templateText.cannotBeRead}</p> : null}
      <p className="line-clamp-3 text-aside text-ink-soft wrap-anywhere">{description}</p>
      <p className="mt-auto truncate font-mono text-[12px] text-ink-faint" title={image}>
        {image}
      </p>
    </li>
  );
}
