// The agent's settings, from its environment: one line a variable. A bad one is an error of one clear line, for its
// reader to show and end with; nothing is guessed.

import { resolve } from 'node:path';
import { agentName } from '@mainstay/wire/agents';
import type { PolicySetting } from './policy-file.ts';

export interface AgentConfig {
  /** Where the key, the identity and the lock are. */
  readonly home: string;
  /** null: the one that it joined. */
  readonly managerUrl: string | null;
  /** Needed once, to join. */
  readonly joinToken: string | null;
  readonly name: string;
  readonly dataRoot: string;
  /** Days that the data of purged servers stays in the trash; null: as the manager says. */
  readonly trashDays: number | null;
  /** Whether an unencrypted link may leave this machine. */
  readonly allowPlain: boolean;
  /** What a manager may ask of this host. */
  readonly policy: PolicySetting;
  readonly engine: EngineAddress;
}

export interface EngineAddress {
  /** Path of its socket; null: as DOCKER_HOST and its like say, which dockerode reads itself. */
  readonly socket: string | null;
  /** Whether it runs on this very host. */
  readonly local: boolean;
}

/** A setting that cannot be used; its message is the one line to show. */
export class BadSetting extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param hostname what the agent is called unless a setting says otherwise
 * @throws BadSetting
 */
export function readAgentConfig(environment: Environment, hostname: string): AgentConfig {
  const home = resolve(environment['MAINSTAY_HOME'] || '.mainstay', 'agent');
  return {
    home,
    managerUrl: url('MAINSTAY_MANAGER', environment['MAINSTAY_MANAGER']),
    joinToken: environment['MAINSTAY_JOIN_TOKEN'] || null,
    name: name('MAINSTAY_AGENT_NAME', environment['MAINSTAY_AGENT_NAME'], hostname),
    dataRoot: resolve(environment['MAINSTAY_DATA_ROOT'] || `${home}/data`),
    trashDays: wholeNumber('MAINSTAY_TRASH_DAYS', environment['MAINSTAY_TRASH_DAYS']),
    allowPlain: yesOrNo('MAINSTAY_ALLOW_PLAIN', environment['MAINSTAY_ALLOW_PLAIN']),
    policy: { path: resolve(environment['MAINSTAY_POLICY'] || `${home}/policy.yaml`), named: Boolean(environment['MAINSTAY_POLICY']) },
    engine: engine(environment['DOCKER_HOST']),
  };
}

/**
 * What crosses the link starts containers: nobody on the way may read or change it.
 * @throws BadSetting when it would leave this machine unencrypted, and nobody has allowed that
 */
export function refusePlain(managerUrl: string, allowed: boolean): void {
  const { protocol, hostname } = new URL(managerUrl);
  if (protocol === 'https:' || allowed || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) return;
  throw new BadSetting(
    `The link to ${managerUrl} would not be encrypted. Use https, or MAINSTAY_ALLOW_PLAIN=true on a network that you trust.`,
  );
}

function engine(dockerHost: string | undefined): EngineAddress {
  if (!dockerHost) return { socket: null, local: true };
  const socket = /^unix:\/\/(\/.+)$/.exec(dockerHost)?.[1];
  return { socket: socket ?? null, local: socket !== undefined };
}

function url(variable: string, value: string | undefined): string | null {
  if (!value) return null;
  const parsed = URL.parse(value);
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed.href.replace(/\/$/, '');
  throw new BadSetting(`${variable} must be an address such as https://mainstay.example.org, not “${value}”.`);
}

function name(variable: string, value: string | undefined, hostname: string): string {
  const wanted =
    value ||
    hostname
      .replace(/[^a-zA-Z0-9._-]+/g, '-')
      .slice(0, 63)
      .replace(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, '') ||
    'host';
  if (agentName.safeParse(wanted).success) return wanted;
  throw new BadSetting(`${variable} must be 1 to 63 letters, digits, inner hyphens, dots or underscores, not “${wanted}”.`);
}

/** null: it is not set. */
function wholeNumber(variable: string, value: string | undefined): number | null {
  if (!value) return null;
  if (/^\d{1,5}$/.test(value)) return Number(value);
  throw new BadSetting(`${variable} must be a whole number, not “${value}”.`);
}

function yesOrNo(variable: string, value: string | undefined): boolean {
  if (!value || value === 'false') return false;
  if (value === 'true') return true;
  throw new BadSetting(`${variable} must be true or false, not “${value}”.`);
}
