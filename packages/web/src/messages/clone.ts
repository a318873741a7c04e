// The texts of the form of a clone, which come with it: the first load needs none of them.

import { inLanguage } from '../messages.ts';
import { en } from './clone/en.ts';
import { zh } from './clone/zh.ts';

export const cloneText = inLanguage({ en, zh });
