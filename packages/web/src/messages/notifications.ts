// The texts of the pages of notifications, which come with them: the first load needs none of them.

import { inLanguage } from '../messages.ts';
import { en } from './notifications/en.ts';
import { zh } from './notifications/zh.ts';

export const notificationText = inLanguage({ en, zh });
