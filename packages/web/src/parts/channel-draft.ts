// A channel while it is being typed: everything as text, whatever its kind. What is right about it is decided by the
// API's own schemas. Of a channel that is changed only what differs is sent; a secret that is left empty stays.

import type { contract, RequestOf } from '@mainstay/wire/contract';
import {
  type Channel,
  type ChannelKind,
  configureChannel,
  createChannel,
  type mailSecurities,
  secretFields,
} from '@mainstay/wire/notifications';
import { type Checked, errorsOfParsed, numberIn } from './field-errors.ts';

export interface ChannelDraft {
  readonly kind: ChannelKind;
  readonly name: string;
  readonly allowPrivate: boolean;
  readonly url: string;
  readonly secret: string;
  readonly token: string;
  /** ntfy: the token that is there is to go. */
  readonly forgetToken: boolean;
  readonly priority: string;
  /** Apart by spaces. */
  readonly tags: string;
  readonly chatId: string;
  readonly apiUrl: string;
  readonly host: string;
  readonly port: string;
  readonly security: (typeof mailSecurities)[number];
  /** Empty: the server asks for none. */
  readonly user: string;
  readonly password: string;
  readonly from: string;
  /** One a line, or apart by commas. */
  readonly to: string;
}

/** The fields that each kind has, in the order in which they are asked for. */
export const fieldsOf = {
  webhook: ['url', 'secret'],
  discord: ['url'],
  slack: ['url'],
  ntfy: ['url', 'token', 'priority', 'tags'],
  telegram: ['token', 'chatId', 'apiUrl'],
  email: ['host', 'port', 'security', 'user', 'password', 'from', 'to'],
} as const satisfies Record<ChannelKind, readonly (keyof ChannelDraft)[]>;

export type ChannelField = (typeof fieldsOf)[ChannelKind][number];

const empty: ChannelDraft = {
  kind: 'webhook',
  name: '',
  allowPrivate: false,
  url: '',
  secret: '',
  token: '',
  forgetToken: false,
  priority: '4',
  tags: '',
  chatId: '',
  apiUrl: 'https://api.telegram.org',
  host: '',
  port: '587',
  security: 'starttls',
  user: '',
  password: '',
  from: '',
  to: '',
};

export function newChannelDraft(): ChannelDraft {
  return { ...empty, secret: newSigningSecret() };
}

/** A channel as a draft, for changing it; its secrets are not known here. */
export function channelDraftOf(channel: Channel): ChannelDraft {
  const common = { ...empty, kind: channel.kind, name: channel.name, allowPrivate: channel.allowPrivate };
  switch (channel.kind) {
    case 'webhook':
    case 'discord':
    case 'slack':
      return common;
    case 'ntfy':
      return { ...common, priority: String(channel.priority), tags: channel.tags.join(' ') };
    case 'telegram':
      return { ...common, chatId: channel.chatId, apiUrl: channel.apiUrl };
    case 'email':
      return {
        ...common,
        host: channel.host,
        port: String(channel.port),
        security: channel.security,
        user: channel.user ?? '',
        from: channel.from,
        to: channel.to.join('\n'),
      };
  }
}

/** 32 random bytes, as Standard Webhooks writes a secret. */
export function newSigningSecret(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`;
}

const parts = (typed: string) => typed.split(/[\s,]+/).filter((part) => part !== '');

/** What was typed into a field, in the request's shape. */
function typedValue(draft: ChannelDraft, field: ChannelField): unknown {
  switch (field) {
    case 'priority':
    case 'port':
      return numberIn(draft[field]);
    case 'tags':
    case 'to':
      return parts(draft[field]);
    case 'user':
      return draft.user.trim() === '' ? null : draft.user.trim();
    case 'password':
      return draft.password === '' ? null : draft.password;
    case 'token':
      return draft.token.trim() === '' && draft.kind === 'ntfy' ? null : draft.token.trim();
    case 'security':
      return draft.security;
    default:
      return draft[field].trim();
  }
}

export type CreateChannelBody = RequestOf<typeof contract.createChannel>['body'];
export type ConfigureChannelBody = RequestOf<typeof contract.configureChannel>['body'];

/** Checks a new channel by the schema of `POST /api/notifications/channels`. */
export function checkNewChannel(draft: ChannelDraft): Checked<CreateChannelBody> {
  const fields = fieldsOf[draft.kind].map((field) => [field, typedValue(draft, field)]);
  const body = { kind: draft.kind, name: draft.name.trim(), allowPrivate: draft.allowPrivate, ...Object.fromEntries(fields) };
  const errors = errorsOfParsed(createChannel.safeParse(body));
  return errors.size > 0 ? { kind: 'wrong', errors } : { kind: 'right', body };
}

/** Checks a changed channel by the schema of `PATCH …/:channelId`. */
export function checkChangedChannel(draft: ChannelDraft, channel: Channel): Checked<ConfigureChannelBody> {
  const secrets: readonly string[] = secretFields[draft.kind];
  const fields = fieldsOf[draft.kind]
    .filter((field) => !secrets.includes(field) || draft[field] !== '')
    .map((field) => [field, typedValue(draft, field)]);
  const body = {
    name: draft.name.trim(),
    allowPrivate: draft.allowPrivate,
    ...Object.fromEntries(fields),
    ...(draft.forgetToken && draft.token === '' ? { token: null } : {}),
    // Without a user name there is nothing that a password is for.
    ...(channel.kind === 'email' && draft.user.trim() === '' ? { user: null, password: null } : {}),
  };
  const errors = errorsOfParsed(configureChannel.safeParse(body));
  return errors.size > 0 ? { kind: 'wrong', errors } : { kind: 'right', body };
}
