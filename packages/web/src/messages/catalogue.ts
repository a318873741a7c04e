// What a catalogue holds, read off the English one: a language that lacks a text, or takes other arguments for it, does
// not compile.

import type { en } from './en.ts';

export type Text<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Text<T[Key]> };

export type Catalogue = Text<typeof en>;
