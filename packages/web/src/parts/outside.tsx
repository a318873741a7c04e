// The frame of what is seen before anybody is signed in.

import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { Brand } from '../ui/brand.tsx';
import { LanguageSwitch } from './language-switch.tsx';

export function Outside({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-lg flex-col justify-center gap-5 p-6 pb-[20vh]">
      <title>{text.title(title)}</title>
      <Brand />
      <h1 tabIndex={-1} className="text-title font-[650] tracking-tight">
        {title}
      </h1>
      {children}
      <div>
        <LanguageSwitch />
      </div>
    </main>
  );
}
