// The texts of signing in, people, tokens, the audit log and the settings, which come with those pages.

import { inLanguage } from '../messages.ts';
import { en } from './people/en.ts';
import { zh } from './people/zh.ts';

export const people = inLanguage({ en, zh });
