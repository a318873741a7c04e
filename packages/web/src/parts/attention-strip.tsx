// What needs attention, on top of the list; not there when all is well.

import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Shape } from '../ui/shape.tsx';
import { Ticking } from '../ui/time.tsx';
import type { AttentionItem } from './attention.ts';
import { PrimaryButton } from './server-buttons.tsx';

/** More would push the list itself out of sight. */
const shownAtFirst = 5;

export function AttentionStrip({ items }: { readonly items: readonly AttentionItem[] }) {
  const [all, setAll] = useState(false);
  if (items.length === 0) return null;
  const shown = all ? items : items.slice(0, shownAtFirst);
  return (
    <section aria-labelledby="attention" className="mb-4 rounded-panel border border-missing-line bg-missing-panel pb-1.5">
      <h2 id="attention" className="px-3.5 pt-2.5 pb-1 text-small font-[600] text-missing">
        {text.attention.title(items.length)}
      </h2>
      <ul>
        {shown.map((item) => (
          <li
            key={item.key}
            className="grid grid-cols-[20px_1fr_auto] items-center gap-x-2 gap-y-1.5 px-3.5 py-1.5 max-md:grid-cols-[20px_1fr] max-md:items-start"
          >
            <Shape name={item.shape} className={`size-4.5! ${item.ink} max-md:mt-px`} />
            <p className="min-w-0 wrap-anywhere">
              <strong className="font-[600]">{item.subject}</strong> <Ticking words={item.what} />
              {item.details.length > 0 ? (
                <span className="text-aside text-ink-soft">{['', ...item.details].join(text.separator)}</span>
              ) : null}
            </p>
            <div className="flex gap-1.5 max-md:col-start-2">
              <Remedy item={item} />
            </div>
          </li>
        ))}
      </ul>
      {items.length > shownAtFirst ? (
        <div className="px-3 pt-0.5 pb-1">
          <Button kind="quiet" size="small" onPress={() => setAll(!all)}>
            {all ? text.attention.fewer : text.attention.more(items.length - shownAtFirst)}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function Remedy({ item: { remedy, subject } }: { readonly item: AttentionItem }) {
  const lookClass = buttonClass({ size: 'small' });
  if (remedy.kind === 'host') {
    return (
      <Link {...paths.host(remedy.agentId)} className={lookClass} aria-label={`${text.attention.host} ${subject}`}>
        {text.attention.host}
      </Link>
    );
  }
  const { server, look, act } = remedy;
  return (
    <>
      {look === null ? null : (
        <Link {...paths.server(server.id)} className={lookClass} aria-label={`${look}: ${subject}`}>
          {look}
        </Link>
      )}
      {act ? <PrimaryButton server={server} /> : null}
    </>
  );
}
