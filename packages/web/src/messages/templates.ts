// The texts of the pages of templates, which come with them: the first load needs none of them.

import { inLanguage } from '../messages.ts';
import { en } from './templates/en.ts';
import { zh } from './templates/zh.ts';

export const templateText = inLanguage({ en, zh });
