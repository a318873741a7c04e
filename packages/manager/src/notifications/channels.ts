// A channel as it is used: its settings with its secrets opened, and words that have lost whatever is secret in it.

import { Fault } from '@mainstay/core/fault';
import type { ChannelId } from '@mainstay/core/id';
import { type ChannelKind, type CreateChannel, createChannel, secretFields } from '@mainstay/wire/notifications';
import type { ChannelRow } from '../sql/schema.ts';
import type { Vault } from '../vault.ts';

type Fields = Readonly<Record<string, unknown>>;

export const aboutChannel = (id: ChannelId) => `channel ${id}`;

/** A channel's columns. */
export function channelColumns(vault: Vault, id: ChannelId, { kind, name, allowPrivate, ...fields }: CreateChannel) {
  const [plain, secret] = split(kind, fields);
  return {
    name,
    kind,
    allow_private: allowPrivate ? 1 : 0,
    settings_json: JSON.stringify(plain),
    sealed: vault.seal(JSON.stringify(secret), aboutChannel(id)),
  };
}

function split(kind: ChannelKind, fields: Fields): [plain: Fields, secret: Fields] {
  const names: readonly string[] = secretFields[kind];
  const entries = Object.entries(fields);
  return [
    Object.fromEntries(entries.filter(([name]) => !names.includes(name))),
    Object.fromEntries(entries.filter(([name]) => names.includes(name))),
  ];
}

/** What is not secret about it. */
export function plainSettings(row: ChannelRow): Fields {
  return { kind: row.kind, name: row.name, allowPrivate: row.allow_private === 1, ...JSON.parse(row.settings_json) };
}

/** @throws Fault `internal` when they were sealed with another key */
export function secretSettings(vault: Vault, row: ChannelRow): Fields {
  return JSON.parse(vault.open(row.sealed, aboutChannel(row.id)));
}

/** The channel with all that it was told. @throws Fault `internal` */
export function openChannel(vault: Vault, row: ChannelRow): CreateChannel {
  const parsed = createChannel.safeParse({ ...plainSettings(row), ...secretSettings(vault, row) });
  if (parsed.success) return parsed.data;
  throw new Fault('internal', 'The channel’s settings are not complete any more. Give them anew.');
}

/** Shorter texts are in too many words by chance. */
const secretLength = 6;

/** The same words without anything secret: services like to repeat what they were asked for. */
export function withoutSecrets(words: string, channel: CreateChannel): string {
  const fields: Fields = { ...channel };
  const secrets = secretFields[channel.kind].flatMap((name) => {
    const value = fields[name];
    return typeof value === 'string' ? [value, ...partsOf(value)] : [];
  });
  return secrets
    .filter((secret) => secret.length >= secretLength)
    .sort((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, '…'), words);
}

/** Of an address: its path and query, whole and in pieces. */
function partsOf(value: string): string[] {
  if (!URL.canParse(value) || !/^https?:/i.test(value)) return [];
  const { pathname, search } = new URL(value);
  const pieces = [...pathname.split('/'), ...search.split(/[?&=]/)];
  return [pathname + search, pathname, ...pieces, ...pieces.map(decoded)];
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}
