// The page's language, each by its own name.

import { chooseLanguage, type Language, language, languages, text } from '../messages.ts';

const isLanguage = (value: string): value is Language => value in languages;

export function LanguageSwitch() {
  return (
    <select
      aria-label={text.languageLabel}
      value={language}
      onChange={({ target }) => isLanguage(target.value) && chooseLanguage(target.value)}
      className="min-h-6.5 rounded-control border border-transparent bg-transparent px-1 text-aside text-ink-soft hover:bg-hover hover:text-ink pointer-coarse:min-h-11"
    >
      {Object.entries(languages).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  );
}
