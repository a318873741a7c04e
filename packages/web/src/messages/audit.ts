// The texts of the audit log's rows, which come with it.

import { inLanguage } from '../messages.ts';
import { en } from './audit/en.ts';
import { zh } from './audit/zh.ts';

export const auditText = inLanguage({ en, zh });
