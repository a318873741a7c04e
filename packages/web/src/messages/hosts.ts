// The texts of the pages of hosts, which come with them: the first load needs none of them.

import { inLanguage } from '../messages.ts';
import { en } from './hosts/en.ts';
import { zh } from './hosts/zh.ts';

export const hostText = inLanguage({ en, zh });
