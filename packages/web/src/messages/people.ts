// The texts of signing in, people, tokens and the audit log, which come with those pages.

import { inLanguage } from '../messages.ts';
import { en } from './people/en.ts';
import { zh } from './people/zh.ts';

export const people = inLanguage({ en, zh });
