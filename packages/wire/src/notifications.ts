// Notifications as they cross a boundary: channels that messages go to, rules that say which, what was delivered, and
// which alarms stand. What is secret goes in and never comes out again: it is shown as `set`.

import type { ChannelId, DeliveryId, RuleId } from '@mainstay/core/id';
import { isTimeZone } from '@mainstay/core/quiet-hours';
import { alarmTopics, type ChosenTopic, newsTopics } from '@mainstay/core/topics';
import { z } from 'zod';
import { agentId, id, oneLine, page, pageQuery, serverId, time } from './common.ts';

export const channelId = id<ChannelId>('a channel');
export const ruleId = id<RuleId>('a rule');
export const deliveryId = id<DeliveryId>('a delivery');

/** What channels and rules are called: for people alone. */
export const notificationName = oneLine(60).regex(/^\S(?:.*\S)?$/, 'Give it a name.');

/** An address on the web. One with a user name would show it in too many places. */
const webUrl = oneLine(2000)
  .refine(isWebUrl, 'An address that begins with https://.')
  .refine((url) => !isWebUrl(url) || new URL(url).username === '', 'Without a user name in it.');

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

const base64Secret = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const signingSecret = z
  .string()
  .regex(base64Secret, 'whsec_ and 24 to 64 bytes in base64.')
  .refine((secret) => {
    const bytes = Math.floor((secret.replace(/^whsec_|=+$/g, '').length * 3) / 4);
    return bytes >= 24 && bytes <= 64;
  }, 'whsec_ and 24 to 64 bytes in base64.')
  .meta({ description: 'What messages are signed with, as Standard Webhooks has it' });

const token = z.string().regex(/^[\x21-\x7e]{1,400}$/, 'A token, without spaces.');
const mailAddress = z.email('An address such as ops@example.org.').max(254);
const mailServer = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45})$/, 'The name or address of a mail server.');
const port = z.int('A port is a whole number.').min(1, 'Ports begin at 1.').max(65535, 'Ports end at 65535.');

export const channelKinds = ['webhook', 'discord', 'slack', 'ntfy', 'telegram', 'email'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Plain connections give away what is sent, so they take the same leave of the owner as private networks. */
export const mailSecurities = ['tls', 'starttls', 'none'] as const;

/** What each kind of channel is told, beside its name. */
const settings = {
  webhook: { url: webUrl, secret: signingSecret },
  discord: { url: webUrl.meta({ description: 'The webhook’s address, from the channel’s settings' }) },
  slack: { url: webUrl.meta({ description: 'The incoming webhook’s address' }) },
  ntfy: {
    url: webUrl.refine(
      (url) => !isWebUrl(url) || /\/[-_A-Za-z0-9]{1,64}$/.test(new URL(url).pathname),
      'With a topic at its end, such as https://ntfy.sh/my-topic.',
    ),
    token: token.nullable().default(null),
    priority: z.int().min(1).max(5).default(4).meta({ description: 'Of alarms, from 1 to 5; other messages have 3' }),
    tags: z
      .array(z.string().regex(/^[\w+-]{1,40}$/, 'Letters, digits and underscores.'))
      .max(5, 'At most five.')
      .default([]),
  },
  telegram: {
    token: z.string().regex(/^\d{3,20}:[A-Za-z0-9_-]{20,80}$/, 'A bot’s token, such as 123456:ABC-DEF….'),
    chatId: z.string().regex(/^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/, 'A chat’s number, or a channel’s @name.'),
    apiUrl: webUrl.default('https://api.telegram.org').meta({ description: 'Another one is a Bot API server of your own' }),
  },
  email: {
    host: mailServer,
    port: port.default(587),
    security: z.enum(mailSecurities).default('starttls'),
    user: oneLine(254).nullable().default(null).meta({ description: 'null: the server asks for none' }),
    password: z.string().min(1, 'Give the password.').max(500).nullable().default(null),
    from: mailAddress,
    to: z.array(mailAddress).min(1, 'Name somebody.').max(20, 'At most 20.'),
  },
} as const satisfies Record<ChannelKind, z.ZodRawShape>;

/** The fields that are sealed. Whoever knows the address of a chat's webhook can write there, so it is one of them. */
export const secretFields = {
  webhook: ['url', 'secret'],
  discord: ['url'],
  slack: ['url'],
  ntfy: ['url', 'token'],
  telegram: ['token'],
  email: ['password'],
} as const satisfies { [K in ChannelKind]: readonly (keyof (typeof settings)[K])[] };

const common = {
  name: notificationName,
  allowPrivate: z.boolean().default(false).meta({ description: 'Whether it may be on a private network, and without TLS' }),
};

const kind = <K extends ChannelKind>(name: K) => z.strictObject({ kind: z.literal(name), ...common, ...settings[name] });

/** Rules between the fields of a channel. */
function betweenFields(
  channel: { readonly kind: ChannelKind; readonly allowPrivate: boolean; readonly [field: string]: unknown },
  context: z.RefinementCtx,
): void {
  const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
  const address = channel.kind === 'telegram' ? 'apiUrl' : 'url';
  const url = channel[address];
  if (!channel.allowPrivate && typeof url === 'string' && url.toLowerCase().startsWith('http:'))
    fault(address, 'Begin with https://, or allow private addresses.');
  if (channel.kind !== 'email') return;
  if (!channel.allowPrivate && channel['security'] === 'none') fault('security', 'Without TLS only where private addresses are allowed.');
  if ((channel['user'] === null) !== (channel['password'] === null))
    fault(channel['user'] === null ? 'user' : 'password', 'A user name and its password go together.');
}

/** `POST /api/notifications/channels`: by its kind. */
export const createChannel = z
  .discriminatedUnion('kind', [kind('webhook'), kind('discord'), kind('slack'), kind('ntfy'), kind('telegram'), kind('email')])
  .superRefine(betweenFields);

/** `PATCH …/channels/:channelId`: what is left out stays, secrets too. Only fields of the channel's own kind are taken. */
export const configureChannel = z.strictObject({
  name: notificationName.optional(),
  allowPrivate: z.boolean().optional(),
  url: webUrl.optional(),
  secret: signingSecret.optional(),
  token: token.nullable().optional(),
  priority: settings.ntfy.priority.unwrap().optional(),
  tags: settings.ntfy.tags.unwrap().optional(),
  chatId: settings.telegram.chatId.optional(),
  apiUrl: webUrl.optional(),
  host: mailServer.optional(),
  port: port.optional(),
  security: z.enum(mailSecurities).optional(),
  user: settings.email.user.unwrap().optional(),
  password: settings.email.password.unwrap().optional(),
  from: mailAddress.optional(),
  to: settings.email.to.optional(),
});

const set = z.literal('set').meta({ description: 'It is there, and is not told' });
const setOrNot = set.nullable();

/** How an attempt went. */
export const attempt = z.object({
  at: time,
  delivered: z.boolean(),
  detail: z.string().meta({ description: 'In words: what came of it' }),
  responseCode: z.int().nullable(),
});

const shown = {
  id: channelId,
  name: z.string(),
  allowPrivate: z.boolean(),
  target: z.string().meta({ description: 'Where it leads, without what is secret about that' }),
  last: attempt.nullable().meta({ description: 'What came of the newest message; null: none was sent yet' }),
  pausedUntil: time.nullable().meta({ description: 'It failed: nothing is tried before' }),
  waiting: z.int().meta({ description: 'How many messages wait for it' }),
  dead: z.int().meta({ description: 'How many were given up' }),
  createdAt: time,
  updatedAt: time,
};

export const channel = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('webhook'), ...shown, url: set, secret: set }),
    z.object({ kind: z.literal('discord'), ...shown, url: set }),
    z.object({ kind: z.literal('slack'), ...shown, url: set }),
    z.object({ kind: z.literal('ntfy'), ...shown, url: set, token: setOrNot, priority: z.int(), tags: z.array(z.string()) }),
    z.object({ kind: z.literal('telegram'), ...shown, token: set, chatId: z.string(), apiUrl: z.string() }),
    z.object({
      kind: z.literal('email'),
      ...shown,
      host: z.string(),
      port: z.int(),
      security: z.enum(mailSecurities),
      user: z.string().nullable(),
      password: setOrNot,
      from: z.string(),
      to: z.array(z.string()),
    }),
  ])
  .meta({ id: 'Channel' });

export const channelList = z.object({ items: z.array(channel) });
export const channelParams = z.object({ channelId });

const chosenTopics = [...alarmTopics, ...newsTopics] as [ChosenTopic, ...ChosenTopic[]];
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'A time such as 22:00.');

export const quietHours = z
  .strictObject({
    from: clock,
    to: clock.meta({ description: 'Before `from`, it is the next day’s' }),
    timeZone: z.string().max(60).refine(isTimeZone, 'A time zone by its name, such as Europe/Berlin.'),
    alarmsToo: z.boolean().default(false).meta({ description: 'Whether alarms wait as well; otherwise they are told at any hour' }),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'It ends when it begins.' });

export const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('hosts'), agentIds: z.array(agentId).min(1, 'Choose a host.').max(500) }),
  z.strictObject({ kind: z.literal('servers'), serverIds: z.array(serverId).min(1, 'Choose a server.').max(5000) }),
]);

const foldMinutes = z
  .int('Whole minutes.')
  .min(0, 'Not less than 0.')
  .max(1440, 'At most a day, 1440 min.')
  .meta({ description: 'Within this, what comes and goes is one alarm' });

const ruleFields = {
  name: notificationName,
  enabled: z.boolean(),
  topics: z.array(z.enum(chosenTopics)).min(1, 'Choose what to be told of.').max(chosenTopics.length),
  scope,
  channelIds: z.array(channelId).min(1, 'Choose a channel.').max(20, 'At most 20.'),
  quiet: quietHours.nullable(),
  foldMinutes,
};

/** `POST /api/notifications/rules` */
export const createRule = z.strictObject({
  ...ruleFields,
  enabled: ruleFields.enabled.default(true),
  scope: scope.default({ kind: 'all' }),
  quiet: ruleFields.quiet.default(null),
  foldMinutes: foldMinutes.default(10),
});

/** `PATCH …/rules/:ruleId`: what is left out stays. */
export const configureRule = z.strictObject(ruleFields).partial();

export const rule = z.object({ id: ruleId, ...ruleFields, createdAt: time, updatedAt: time }).meta({ id: 'Rule' });
export const ruleList = z.object({ items: z.array(rule) });
export const ruleParams = z.object({ ruleId });

export const deliveryStates = ['queued', 'sending', 'retrying', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export const delivery = z
  .object({
    id: deliveryId,
    channelId,
    channelName: z.string(),
    channelKind: z.enum(channelKinds),
    state: z.enum(deliveryStates),
    gravity: z.enum(['alarm', 'recovered', 'news']),
    title: z.string(),
    text: z.string(),
    notices: z.int().meta({ description: 'How many things it tells of' }),
    tries: z.int(),
    createdAt: time,
    nextTryAt: time.nullable(),
    triedAt: time.nullable(),
    responseCode: z.int().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Delivery' });

export const deliveryQuery = z.strictObject({ state: z.enum(deliveryStates).optional(), channelId: channelId.optional(), ...pageQuery });
export const deliveryPage = page(delivery);
export const deliveryParams = z.object({ deliveryId });

/** An alarm that a rule watches and that is not over. */
export const alarm = z
  .object({
    ruleId,
    ruleName: z.string(),
    topic: z.enum(alarmTopics as [(typeof alarmTopics)[number], ...typeof alarmTopics]),
    serverId: serverId.nullable(),
    agentId: agentId.nullable(),
    subject: z.string().meta({ description: 'The server’s or the host’s name' }),
    text: z.string(),
    since: time,
    raisedAt: time,
    count: z.int(),
    settlesAt: time.nullable().meta({ description: 'It is over, and counts as over then, unless it comes again; null: it stands' }),
  })
  .meta({ id: 'Alarm' });

export const alarmList = z.object({ items: z.array(alarm) });

/** What a channel's test came to. */
export const testOutcome = attempt;

export type CreateChannel = z.output<typeof createChannel>;
export type CreateChannelInput = z.input<typeof createChannel>;
export type ConfigureChannel = z.output<typeof configureChannel>;
export type Channel = z.output<typeof channel>;
export type Attempt = z.output<typeof attempt>;
export type CreateRule = z.output<typeof createRule>;
export type CreateRuleInput = z.input<typeof createRule>;
export type ConfigureRule = z.output<typeof configureRule>;
export type Rule = z.output<typeof rule>;
export type Delivery = z.output<typeof delivery>;
export type DeliveryQuery = z.output<typeof deliveryQuery>;
export type OpenAlarm = z.output<typeof alarm>;
