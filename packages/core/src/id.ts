// Branded ids. All are UUIDs (RFC 9562) in lower case, made by whoever records the thing and never reused;
// the brand keeps a server's id from being handed to something that wants a host's.

declare const brand: unique symbol;
type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type ServerId = Id<'server'>;
export type AgentId = Id<'agent'>;
/** One thing asked of many servers. */
export type BulkId = Id<'bulk'>;
export type OperationId = Id<'operation'>;
export type ChannelId = Id<'channel'>;
export type RuleId = Id<'rule'>;
export type DeliveryId = Id<'delivery'>;
/** A person. */
export type AccountId = Id<'account'>;
/** A token, a session, a link: whatever lets somebody in. Never its secret. */
export type CredentialId = Id<'credential'>;
/** One Mainstay: a manager's database. It is on every container's label, so that two on one host ignore each other. */
export type InstallationId = Id<'installation'>;

/** The one form an id may take. It is also a safe file name: no dot, no slash, 36 characters. */
export const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
