// The tables, as Kysely sees them. Times are integer ms UTC; columns ending in `_json` hold JSON text whose shape is
// named beside them. Rows become nouns in `rows.ts`.

import type { Alarm } from '@mainstay/core/alarms';
import type { AccountId, AgentId, BulkId, ChannelId, CredentialId, DeliveryId, OperationId, RuleId, ServerId } from '@mainstay/core/id';
import type { Intent, OperationKind, OperationState, State } from '@mainstay/core/lifecycle';
import type { Protocol, RestartPolicy } from '@mainstay/core/server';
import type { AlarmTopic } from '@mainstay/core/topics';
import type { AuditEntry } from '@mainstay/wire/audit';
import type { Bulk, BulkItem } from '@mainstay/wire/bulk';
import type { ChannelKind, DeliveryState } from '@mainstay/wire/notifications';
import type { Generated, Selectable } from 'kysely';

export interface Tables {
  settings: { key: string; value: string };
  agents: AgentTable;
  servers: ServerTable;
  port_allocations: PortTable;
  operations: OperationTable;
  events: EventTable;
  accounts: AccountTable;
  audit: AuditTable;
  passkeys: PasskeyTable;
  /** Who somebody is to an identity provider. */
  identities: { issuer: string; subject: string; account_id: AccountId; created_at: number };
  credentials: CredentialTable;
  usage_samples: UsageTable;
  server_disk_samples: ServerDiskTable;
  agent_disk_samples: AgentDiskTable;
  templates: TemplateTable;
  template_versions: TemplateVersionTable;
  bulks: BulkTable;
  bulk_items: BulkItemTable;
  channels: ChannelTable;
  rules: RuleTable;
  rule_channels: { rule_id: RuleId; channel_id: ChannelId; position: number };
  alarms: AlarmTable;
  deliveries: DeliveryTable;
}

export interface AgentTable {
  id: AgentId;
  name: string;
  /** Ed25519, SPKI, base64url. */
  public_key: string;
  created_at: number;
  last_heard_at: number | null;
  /** Since when it is online, or not. */
  online_changed_at: number;
  /** The engine whose containers are its servers'; null before the first look. */
  engine_id: string | null;
  /** How the engine looked last: ok, unreachable, other. */
  engine_state: 'ok' | 'unreachable' | 'other' | null;
  engine_since: number | null;
  engine_detail: string | null;
  /** The engine seen last, when it is another than `engine_id`. */
  engine_other_id: string | null;
  /** `HostFacts` */
  facts_json: string | null;
  /** `Stray[]` */
  strays_json: string;
  port_from: number;
  port_to: number;
  seen_sequence: number;
  /** 1: it takes no new servers. */
  draining: Generated<number>;
  /** `HostDisk`, as it was measured last. */
  disk_json: Generated<string | null>;
  nearly_full: Generated<number>;
  /** 1: its connection stood when this was written last. */
  connected: Generated<number>;
}

export interface ServerTable {
  id: ServerId;
  agent_id: AgentId;
  name: string;
  image: string;
  /** `Record<string, EnvValue>`: secrets sealed */
  env_json: string;
  /** `string[] | null` */
  command_json: string;
  /** `Volume[]` */
  volumes_json: string;
  /** `Limits` */
  limits_json: string;
  /** `StopSettings` */
  stop_json: string;
  restart: RestartPolicy;
  /** `Sandbox` */
  sandbox_json: Generated<string>;
  /** `ConsoleSettings` */
  console_json: Generated<string>;
  /** `ReadyLine | null` */
  ready_json: Generated<string>;
  /** `InstallStep | null` */
  install_json: Generated<string>;
  /** `FileEdit[]` */
  files_json: Generated<string>;
  /** `{ id, version, name }` of the template that it was made from. */
  template_json: string | null;
  /** `CopyOrigin`: where its data is still to come from; null: it has its own. */
  copy_json: Generated<string | null>;
  state: State;
  intent: Intent;
  /** `Reason` */
  state_reason: string | null;
  state_since: number;
  container_id: string | null;
  /** What its container is called when that is not its name any more; held like the name itself. */
  container_name: string | null;
  /** The engine the container was made on. */
  engine_id: string | null;
  /** `ServerSpec` as the container was made from it. */
  applied_json: string | null;
  /** `Sighting`, the newest that may be believed. */
  seen_json: string | null;
  seen_sequence: number;
  seen_at: number | null;
  /** When the running program said that it can be used; null: it has not, or does not say. */
  ready_at: number | null;
  /** When it last crashed since somebody asked something of it, newest last: number[]. */
  crashes_json: Generated<string>;
  data_exists: 'yes' | 'no' | 'unknown';
  data_bytes: number | null;
  data_seen_at: number | null;
  deleted_at: number | null;
  /** `{ hours }`: its own retention; null: the installation's. */
  retention_json: Generated<string | null>;
  /** When its purge was told of beforehand; null: not yet since it was deleted. */
  purge_told_at: Generated<number | null>;
  /** `Quota` */
  quota_json: Generated<string | null>;
  /** Bytes of each volume, by name. */
  volume_bytes_json: Generated<string | null>;
  over_quota: Generated<number>;
  created_at: number;
  updated_at: number;
  revision: number;
}

export interface PortTable {
  server_id: ServerId;
  agent_id: AgentId;
  protocol: Protocol;
  host_port: number;
  container_port: number;
  name: string;
  /** Its place in the record's list. */
  position: number;
  /** 1: no longer in the record, held while the container made from the former record still has it. */
  leaving: Generated<number>;
}

export interface OperationTable {
  id: OperationId;
  /** Not a foreign key: an operation outlives the server it purged. */
  server_id: ServerId;
  server_name: string;
  agent_id: AgentId;
  kind: OperationKind;
  /** `OperationInput` */
  input_json: string;
  state: OperationState;
  /** The plan it follows: onward, or the undoing of what was done. */
  phase: 'forward' | 'undo';
  /** Index of the step under way in its plan. */
  step_index: number;
  step: string | null;
  /** `Progress` */
  progress_json: string | null;
  waiting_for: string | null;
  /** `{ code, detail }`; kept from the moment a step failed, through the undoing. */
  error_json: string | null;
  cancel_requested: number;
  /** The server whose data it copies now; null: none, or given back. */
  source_id: Generated<ServerId | null>;
  /** 1: that one must not run meanwhile. */
  source_rests: Generated<number>;
  /** 1: its stopping has begun. */
  source_stopped: Generated<number>;
  requested_by: string;
  /** By what nobody can choose: a token's or an account's id, else `machine`. What a key was used for is asked by it. */
  asked_by: string;
  cancelled_by: string | null;
  idempotency_key: string | null;
  /** Hash of the request, so that a key used for another one is refused. */
  idempotency_hash: string | null;
  lease_owner: string | null;
  lease_until: number | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export interface EventTable {
  id: Generated<number>;
  at: number;
  server_id: ServerId | null;
  server_name: string | null;
  agent_id: AgentId | null;
  operation_id: OperationId | null;
  /** `Cause` */
  cause_json: string;
  /** `Happening` */
  happening_json: string;
}

/** People. */
export interface AccountTable {
  id: AccountId;
  /** What they sign in with: lower case, one person's. */
  name: string;
  /** `Grant[]` */
  grants_json: string;
  /** Argon2id, as a PHC string; null: they sign in by other means. */
  password_hash: string | null;
  /** The secret of their authenticator app, sealed about `totp <id>`; null: no code is asked for. */
  totp_sealed: Generated<string | null>;
  /** The newest step of which a code was used: none is good twice. */
  totp_step: Generated<number | null>;
  /** `string[]`: hashes of the recovery codes that are left. */
  recovery_json: Generated<string | null>;
  /** 1: nothing of theirs lets anybody in. */
  disabled: number;
  created_at: number;
  last_signed_in_at: number | null;
}

export interface PasskeyTable {
  /** The device's own id of the key, base64url. */
  id: string;
  account_id: AccountId;
  name: string;
  /** COSE, base64url. */
  public_key: string;
  /** How often it signed, where it counts: a copy of it would be behind. */
  counter: number;
  created_at: number;
  last_used_at: Generated<number | null>;
}

/** Who did or tried what. Rows are added and nothing else. */
export interface AuditTable {
  id: Generated<number>;
  at: number;
  who: string | null;
  by: AuditEntry['by'];
  account_id: AccountId | null;
  /** A route's name in the contract, or what the command line did. */
  action: string;
  target_kind: string | null;
  target_id: string | null;
  target_name: string | null;
  address: string | null;
  outcome: AuditEntry['outcome'];
  code: string | null;
}

/** Everything that lets somebody in, hashed: API tokens, sessions, and links and tokens that are good once. */
export interface CredentialTable {
  id: CredentialId;
  /** SHA-256 of the secret, hex. */
  hash: string;
  kind: 'token' | 'session' | 'sign-in' | 'join' | 'invitation' | 'reset' | 'challenge' | 'second-factor' | 'sso';
  name: string;
  /** Whose it is; null: nobody's yet, or whoever has the manager's machine. */
  account_id: AccountId | null;
  /** Who made what lets somebody else in: it is good as long as they may make it. Null: the manager's machine, or one's own. */
  made_by: AccountId | null;
  /** `Grant[]`: what it lets do; null: what its account may. */
  grants_json: string | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  /** From where it was made, and with what. */
  address: string | null;
  user_agent: string | null;
}

/** Sums of what a server used over one step; divided by `samples`, its averages. */
export interface UsageTable {
  server_id: ServerId;
  step_ms: number;
  /** The beginning of the step. */
  at: number;
  samples: number;
  cores: number;
  memory_bytes: number;
  /** Bytes a second; null when it could not be told. */
  received: number | null;
  sent: number | null;
}

/** What a volume took of the disk: the last size in each step. */
export interface ServerDiskTable {
  server_id: ServerId;
  volume: string;
  step_ms: number;
  at: number;
  bytes: number;
}

/** How a host's disk was used: the last of each step. */
export interface AgentDiskTable {
  agent_id: AgentId;
  step_ms: number;
  at: number;
  /** `HostDisk` */
  disk_json: string;
}

/** One thing asked of many servers. */
export interface BulkTable {
  id: BulkId;
  action: Bulk['action'];
  /** `BulkWish` */
  wish_json: string;
  /** So many of a host's servers at a time. */
  at_once: number;
  requested_by: string;
  /** By what nobody can choose: a token's or an account's id, else `machine`. What a key was used for is asked by it. */
  asked_by: string;
  /** Who that is, so that what they may do is asked again before each server. */
  account_id: Generated<AccountId | null>;
  token_id: Generated<CredentialId | null>;
  idempotency_key: string | null;
  /** Of the request that the key came with. */
  idempotency_hash: string | null;
  created_at: number;
  ended_at: number | null;
  cancelled: number;
}

export interface BulkItemTable {
  bulk_id: BulkId;
  position: number;
  /** Not a foreign key: what came of a server outlives it. */
  server_id: ServerId;
  server_name: string;
  agent_id: AgentId;
  state: BulkItem['state'];
  operation_id: OperationId | null;
  detail: string | null;
}

export type AuditRow = Selectable<AuditTable>;
export type AccountRow = Selectable<AccountTable>;
export type CredentialRow = Selectable<CredentialTable>;
export type BulkRow = Selectable<BulkTable>;
export type BulkItemRow = Selectable<BulkItemTable>;

export interface ChannelTable {
  id: ChannelId;
  name: string;
  kind: ChannelKind;
  allow_private: number;
  /** The kind's settings but for what is secret. */
  settings_json: string;
  /** The kind's secrets as JSON, sealed about `channel <id>`. */
  sealed: string;
  /** It failed: nothing is tried before. */
  paused_until: number | null;
  /** `Attempt` */
  last_json: string | null;
  created_at: number;
  updated_at: number;
}

export interface RuleTable {
  id: RuleId;
  name: string;
  enabled: number;
  /** `ChosenTopic[]` */
  topics_json: string;
  /** `Scope` */
  scope_json: string;
  /** `Rule['quiet']` */
  quiet_json: string | null;
  fold_ms: number;
  created_at: number;
  updated_at: number;
}

export interface AlarmTable {
  rule_id: RuleId;
  topic: AlarmTopic;
  /** The server's or the host's id. */
  subject_id: string;
  stage: Alarm['stage'];
  due_at: number | null;
  ended_at: number | null;
  /** `Alarm`, of which three columns say what is looked for. */
  alarm_json: string;
  /** `AlarmNotice`: what was known when it was raised last. */
  notice_json: string;
}

/** The outbox: a row before anything is sent, and what became of it. */
export interface DeliveryTable {
  /** The order in which they are sent. */
  sequence: Generated<number>;
  id: DeliveryId;
  channel_id: ChannelId;
  state: DeliveryState;
  /** `Notice[]` */
  notices_json: string;
  /** How many more notices there were. */
  omitted: number;
  /** 1: quiet hours held it back. */
  held: number;
  tries: number;
  created_at: number;
  /** When it was put into the queue last: by it the tries end. */
  queued_at: number;
  /** When it is tried next; while it is being sent, when it counts as not sent. null: it has ended. */
  due_at: number | null;
  tried_at: number | null;
  response_code: number | null;
  error: string | null;
}

export interface TemplateTable {
  id: string;
  /** The number of its newest version. */
  newest: number;
  created_at: number;
}

export interface TemplateVersionTable {
  template_id: string;
  version: number;
  /** `TemplateBody` */
  body_json: string;
  saved_at: number;
  saved_by: string;
}

export type TemplateVersionRow = Selectable<TemplateVersionTable>;
export type AgentRow = Selectable<AgentTable>;
export type ServerRow = Selectable<ServerTable>;
export type PortRow = Selectable<PortTable>;
export type OperationRow = Selectable<OperationTable>;
export type EventRow = Selectable<EventTable>;
export type ChannelRow = Selectable<ChannelTable>;
export type RuleRow = Selectable<RuleTable>;
export type AlarmRow = Selectable<AlarmTable>;
export type DeliveryRow = Selectable<DeliveryTable>;
