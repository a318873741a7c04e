// A titled part of a view, and the list of facts that many of them hold.

import type { ReactNode } from 'react';

export interface PanelProps {
  readonly title: string;
  /** Beside the title, at the right. */
  readonly aside?: ReactNode;
  readonly tone?: 'plain' | 'danger';
  readonly id?: string;
  readonly children: ReactNode;
}

export function Panel({ title, aside, tone = 'plain', id, children }: PanelProps) {
  return (
    <section
      id={id}
      aria-label={title}
      className={`min-w-0 rounded-panel border bg-panel ${tone === 'danger' ? 'border-failed-line' : 'border-line'}`}
    >
      <header className="flex min-h-11 items-center justify-between gap-3 border-b border-line px-4 py-1.5">
        <h2 className="font-[600]">{title}</h2>
        {aside}
      </header>
      <div className="px-4 py-3">{children}</div>
    </section>
  );
}

/** Rows of a panel, edge to edge; what is said where there is none. */
export function PanelRows({ none, children }: { readonly none: string; readonly children: readonly ReactNode[] }) {
  if (children.length === 0) return <p className="text-ink-faint">{none}</p>;
  return <ul className="-my-3 divide-y divide-line">{children}</ul>;
}

export interface Fact {
  readonly term: string;
  readonly value: ReactNode;
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] content-start items-baseline gap-x-4 gap-y-1.5">
      {facts.map(({ term, value }) => (
        <div key={term} className="contents">
          <dt className="text-aside text-ink-faint">{term}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
