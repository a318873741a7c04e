// The page's texts in its languages.

import { actions, permission, states } from '@mainstay/core/lifecycle';
import { describe, expect, it } from 'vitest';
import * as audit from './messages/audit/en.ts';
import * as auditInChinese from './messages/audit/zh.ts';
import * as clone from './messages/clone/en.ts';
import * as cloneInChinese from './messages/clone/zh.ts';
import { en } from './messages/en.ts';
import * as history from './messages/history/en.ts';
import * as historyInChinese from './messages/history/zh.ts';
import * as hosts from './messages/hosts/en.ts';
import * as hostsInChinese from './messages/hosts/zh.ts';
import * as notifications from './messages/notifications/en.ts';
import * as notificationsInChinese from './messages/notifications/zh.ts';
import * as people from './messages/people/en.ts';
import * as peopleInChinese from './messages/people/zh.ts';
import * as templates from './messages/templates/en.ts';
import * as templatesInChinese from './messages/templates/zh.ts';
import { zh } from './messages/zh.ts';
import { languageOf } from './messages.ts';

describe('the language', () => {
  it('is the one chosen here before, else the first of the browser’s that there is', () => {
    expect(languageOf('zh', ['en-GB'])).toBe('zh');
    expect(languageOf(null, ['fr', 'zh-Hant-TW', 'en'])).toBe('zh');
    expect(languageOf('klingon', ['de', 'fr'])).toBe('en');
  });
});

describe('Chinese', () => {
  it('has every reason that the lifecycle table gives', () => {
    const reasons = states.flatMap((state) =>
      actions.flatMap((action) => {
        const allowed = permission(state, action);
        return allowed === 'yes' ? [] : [allowed.no];
      }),
    );
    expect(reasons.filter((reason) => zh.refusal(reason) === reason)).toEqual([]);
  });

  it('leaves no text in English that is one', () => {
    const same = sameTexts(
      [en, audit.en, clone.en, history.en, hosts.en, notifications.en, people.en, templates.en],
      [
        zh,
        auditInChinese.zh,
        cloneInChinese.zh,
        historyInChinese.zh,
        hostsInChinese.zh,
        notificationsInChinese.zh,
        peopleInChinese.zh,
        templatesInChinese.zh,
      ],
    );
    // Names, units and signs are the same in both.
    expect(
      same.filter(
        (each) =>
          /[a-z]{3,}/.test(each) &&
          !/^(?:Mainstay|Docker|Webhook|Discord|Slack|ntfy|Telegram|\.\/mainstay .*|Enter|Shift x|Esc|Ctrl K)$/.test(each),
      ),
    ).toEqual([]);
  });
});

function sameTexts(left: unknown, right: unknown): string[] {
  if (typeof left === 'string') return left === right ? [left] : [];
  if (typeof left !== 'object' || left === null) return [];
  return Object.entries(left).flatMap(([key, value]) => sameTexts(value, (right as Record<string, unknown>)[key]));
}
