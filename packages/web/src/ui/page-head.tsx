// A view's head: its title, which is also the document's, and what can be done there.

import type { ReactNode } from 'react';
import { text } from '../messages.ts';

export function PageHead({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <header className="mb-4 flex min-h-9 flex-wrap items-center gap-3">
      <title>{text.title(title)}</title>
      <h1 tabIndex={-1} className="mr-auto min-w-0 text-title font-[650] tracking-tight wrap-anywhere">
        {title}
      </h1>
      {children}
    </header>
  );
}
