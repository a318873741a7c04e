// Channels and rules as they are typed: what is sent of them, and where each fault stands.

import type { AgentId, ServerId } from '@mainstay/core/id';
import { alarmTopics } from '@mainstay/core/topics';
import type { Channel, Rule } from '@mainstay/wire/notifications';
import { describe, expect, it } from 'vitest';
import { id as sampleId } from '../testing/samples.ts';
import { type ChannelDraft, channelDraftOf, checkChangedChannel, checkNewChannel, newChannelDraft } from './channel-draft.ts';
import { checkRule, newRuleDraft, ruleDraftOf } from './rule-draft.ts';
import { ruleText } from './rule-words.ts';

const id = <Id extends string>(n: number) => sampleId(n) as Id;

const shown = { allowPrivate: false, target: 'x', last: null, pausedUntil: null, waiting: 0, dead: 0, createdAt: 1, updatedAt: 1 } as const;
const phone: Channel = {
  id: id(1),
  kind: 'ntfy',
  name: 'phone',
  ...shown,
  url: 'set',
  token: 'set',
  priority: 5,
  tags: ['game', 'night'],
};
const mail: Channel = {
  id: id(2),
  kind: 'email',
  name: 'mail',
  ...shown,
  host: 'mail.example.org',
  port: 465,
  security: 'tls',
  user: 'lena',
  password: 'set',
  from: 'a@example.org',
  to: ['b@example.org', 'c@example.org'],
};

const errorsOf = (draft: ChannelDraft) => {
  const checked = checkNewChannel(draft);
  return checked.kind === 'wrong' ? Object.fromEntries(checked.errors) : {};
};

describe('a new channel', () => {
  it('is a webhook with a secret of its own, which needs a name and an address', () => {
    expect(Object.keys(errorsOf(newChannelDraft())).sort()).toEqual(['/name', '/url']);
    expect(newChannelDraft().secret).not.toBe(newChannelDraft().secret);
  });

  it('sends the fields of its kind and no others', () => {
    const typed = {
      ...newChannelDraft(),
      kind: 'telegram',
      name: ' bot ',
      token: '123456:AAE-abcdefghijklmnopqrstuvwxyz012',
      chatId: ' -100 ',
    } as const;
    expect(checkNewChannel(typed)).toEqual({
      kind: 'right',
      body: { kind: 'telegram', name: 'bot', allowPrivate: false, token: typed.token, chatId: '-100', apiUrl: 'https://api.telegram.org' },
    });
  });

  it('has each fault beside its field', () => {
    const wrong = {
      ...newChannelDraft(),
      kind: 'email',
      name: 'mail',
      host: 'a b',
      port: 'many',
      from: 'lena',
      to: 'b@example.org, nobody',
      user: 'lena',
    } as const;
    expect(Object.keys(errorsOf(wrong)).sort()).toEqual(['/from', '/host', '/port', '/to/1']);
    expect(errorsOf(wrong)['/port']).toBe('A port is a whole number.');
  });
});

describe('a changed channel', () => {
  it('keeps the secrets that nothing was typed for', () => {
    expect(checkChangedChannel(channelDraftOf(phone), phone)).toEqual({
      kind: 'right',
      body: { name: 'phone', allowPrivate: false, priority: 5, tags: ['game', 'night'] },
    });
  });

  it('sends the secrets that were typed, and forgets a token when told to', () => {
    expect(checkChangedChannel({ ...channelDraftOf(phone), url: 'https://ntfy.sh/other' }, phone)).toMatchObject({
      body: { url: 'https://ntfy.sh/other' },
    });
    expect(checkChangedChannel({ ...channelDraftOf(phone), forgetToken: true }, phone)).toMatchObject({ body: { token: null } });
  });

  it('has no password left once it has no user name', () => {
    expect(checkChangedChannel(channelDraftOf(mail), mail)).toMatchObject({
      body: { user: 'lena', to: ['b@example.org', 'c@example.org'] },
    });
    expect(checkChangedChannel({ ...channelDraftOf(mail), user: '' }, mail)).toMatchObject({ body: { user: null, password: null } });
  });
});

describe('a rule', () => {
  it('begins with every alarm of every server, to the only channel there is', () => {
    const draft = { ...newRuleDraft([phone]), name: 'all' };
    expect(checkRule(draft)).toMatchObject({
      kind: 'right',
      body: { topics: alarmTopics, scope: { kind: 'all' }, channelIds: [phone.id], quiet: null, foldMinutes: 10 },
    });
    expect(newRuleDraft([phone, mail]).channelIds).toEqual([]);
  });

  it('has each fault beside its field', () => {
    const wrong = checkRule({
      ...newRuleDraft([]),
      topics: [],
      scope: 'servers',
      isQuiet: true,
      timeZone: 'Moon/Base',
      foldMinutes: 'long',
    });
    expect(wrong.kind === 'wrong' && [...wrong.errors.keys()].sort()).toEqual([
      '/channelIds',
      '/foldMinutes',
      '/name',
      '/quiet/timeZone',
      '/scope/serverIds',
      '/topics',
    ]);
  });

  const rule: Rule = {
    id: id(3),
    name: 'night',
    enabled: true,
    topics: ['missing', 'started'],
    scope: { kind: 'servers', serverIds: [id<ServerId>(4), id<ServerId>(5)] },
    channelIds: [phone.id],
    quiet: { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin', alarmsToo: true },
    foldMinutes: 5,
    createdAt: 1,
    updatedAt: 1,
  };
  const named = {
    channels: [phone, mail],
    servers: [{ id: id<ServerId>(4), name: 'nord', state: 'running' as const }],
    agents: [{ id: id<AgentId>(6), name: 'basement' }],
  };

  it('is the same when nothing was typed', () => {
    const { id: _id, createdAt: _createdAt, updatedAt: _updatedAt, ...body } = rule;
    expect(checkRule(ruleDraftOf(rule))).toEqual({ kind: 'right', body });
  });

  it('is a sentence, in which what is gone is said to be', () => {
    expect(ruleText(rule, named)).toBe(
      'a server lost its container and a server was started · of nord and one that is gone · to phone · quiet 22:00–07:00',
    );
    expect(
      ruleText({ ...rule, topics: [...alarmTopics, 'started'], scope: { kind: 'hosts', agentIds: [id(6)] }, quiet: null }, named),
    ).toBe('every alarm and a server was started · on basement · to phone');
    expect(ruleText({ ...rule, topics: [...alarmTopics].slice(1), scope: { kind: 'all' }, quiet: null }, named)).toBe(
      '11 things · of all servers · to phone',
    );
  });
});
