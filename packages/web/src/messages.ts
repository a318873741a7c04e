// The page's language and its texts. Chosen once, before anything is drawn: by what was chosen here before, else by the
// browser. All come with the page: a module that waits for another one is a page that may wait for ever.

import type { Catalogue } from './messages/catalogue.ts';
import { en } from './messages/en.ts';
import { zh } from './messages/zh.ts';

export const languages = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof languages;

const key = 'mainstay.language';
const isLanguage = (value: unknown): value is Language => typeof value === 'string' && value in languages;

/** The language of those wanted that there is: `zh-TW` finds `zh`; else English. */
export function languageOf(kept: string | null, wanted: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  return wanted.map((tag) => tag.split('-')[0]?.toLowerCase()).find(isLanguage) ?? 'en';
}

function kept(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps the choice, and begins the page anew in it. */
export function chooseLanguage(next: Language): void {
  try {
    localStorage.setItem(key, next);
  } catch {
    // A browser that keeps nothing goes by its own language.
  }
  location.reload();
}

export const language: Language = typeof document === 'undefined' ? 'en' : languageOf(kept(), navigator.languages);

/** That of the language that was chosen. */
export const inLanguage = <Catalogue>(all: Readonly<Record<Language, Catalogue>>): Catalogue => all[language];

export const text = inLanguage<Catalogue>({ en, zh });
