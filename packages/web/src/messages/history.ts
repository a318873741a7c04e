// The texts of histories, which come with them: the first load needs none of them.

import { inLanguage } from '../messages.ts';
import { en } from './history/en.ts';
import { zh } from './history/zh.ts';

export const historyText = inLanguage({ en, zh });
