// Environment → settings of a manager, one line a variable. A bad one ends the start with one clear line.

import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import type { GivenKeys } from './keys.ts';
import type { SsoConfig } from './sso.ts';

export interface ManagerConfig {
  /** Where the database is. */
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  /** The built page; null: the API alone. */
  readonly webDirectory: string | null;
  /** Where the templates are that come with it; null: none. */
  readonly templatesDirectory: string | null;
  /** The keys that secrets are sealed with; left out: those in the directory. */
  readonly secretKeys?: GivenKeys | undefined;
  /** How long the end of a retention must be seen before it counts, ms; left out: as usual. */
  readonly retentionConfirmMs?: number | undefined;
  /** How long a request may take to arrive whole, ms; left out: as usual. */
  readonly requestWithinMs?: number | undefined;
  /** Where people reach the page, without a slash at its end; left out: messages have no links. */
  readonly publicUrl?: string | undefined;
  /** Its own certificate; left out: it serves plain HTTP. */
  readonly tls?: TlsFiles | undefined;
  /** Addresses and networks whose word about the client is believed; left out: nobody's. */
  readonly trustedProxies?: readonly string[];
  /** The identity provider that people may sign in by; left out: none. */
  readonly sso?: SsoConfig | undefined;
}

/** PEM files. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What comes with the program rather than from its settings. */
export type Shipped = Pick<ManagerConfig, 'webDirectory' | 'templatesDirectory'>;

/** A setting that cannot be used: shown as one line, exit code 2. */
export class SettingFault extends Error {}

/**
 * @param home MAINSTAY_HOME, already resolved
 * @throws SettingFault
 */
export function managerConfig(environment: NodeJS.ProcessEnv, home: string, shipped: Shipped): ManagerConfig {
  return {
    directory: join(home, 'manager'),
    host: hostSetting(environment['MAINSTAY_HOST']),
    port: portSetting(environment['MAINSTAY_PORT']),
    ...shipped,
    secretKeys: keysSetting(environment['MAINSTAY_SECRET_KEY'], environment['MAINSTAY_SECRET_KEY_RETIRED']),
    retentionConfirmMs: secondsSetting('MAINSTAY_RETENTION_CONFIRM_SECONDS', environment['MAINSTAY_RETENTION_CONFIRM_SECONDS']),
    publicUrl: publicUrlSetting(environment['MAINSTAY_PUBLIC_URL']),
    tls: tlsSetting(environment['MAINSTAY_TLS_CERT'], environment['MAINSTAY_TLS_KEY']),
    trustedProxies: proxiesSetting(environment['MAINSTAY_TRUSTED_PROXIES']),
    sso: ssoSetting(environment),
  };
}

function hostSetting(value: string | undefined): string {
  if (value === undefined || value === '') return '127.0.0.1';
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(value))
    throw new SettingFault(`MAINSTAY_HOST is “${value}”; it must be an address or a host name, such as 127.0.0.1 or 0.0.0.0.`);
  return value;
}

/** @returns milliseconds; undefined: it is not set */
function secondsSetting(variable: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,6}$/.test(value)) throw new SettingFault(`${variable} is “${value}”; it must be a whole number of seconds.`);
  return Number(value) * 1000;
}

/** 0 takes any free port. */
function portSetting(value: string | undefined): number {
  if (value === undefined || value === '') return 8080;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(port <= 65535)) throw new SettingFault(`MAINSTAY_PORT is “${value}”; it must be a number from 0 to 65535.`);
  return port;
}

function publicUrlSetting(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new SettingFault(`MAINSTAY_PUBLIC_URL is “${value}”; it must be the page's address, such as https://mainstay.example.org.`);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

const keysSetting = (current: string | undefined, retired: string | undefined): GivenKeys | undefined =>
  current ? { current, retired: retired ?? '' } : undefined;

function tlsSetting(certFile: string | undefined, keyFile: string | undefined): TlsFiles | undefined {
  if (!certFile && !keyFile) return undefined;
  if (!certFile || !keyFile) throw new SettingFault('MAINSTAY_TLS_CERT and MAINSTAY_TLS_KEY belong together: set both, or neither.');
  return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
}

/** Addresses and networks such as 10.0.0.0/8, by commas. The whole world is none: then anybody could say who they are. */
function proxiesSetting(value: string | undefined): readonly string[] {
  const named = (value ?? '').split(',').map((each) => each.trim());
  const proxies = named.filter((each) => each !== '');
  for (const proxy of proxies) {
    const [address = '', prefix, ...more] = proxy.split('/');
    const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
    const whole = prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bits);
    if (bits === 0 || !whole || more.length > 0)
      throw new SettingFault(`MAINSTAY_TRUSTED_PROXIES has “${proxy}”; it must hold addresses or networks such as 10.0.0.2 or 10.0.0.0/8.`);
  }
  return proxies;
}

/** Whether people's browsers come by TLS, as far as the settings say. */
export const byTls = ({ tls, publicUrl }: Pick<ManagerConfig, 'tls' | 'publicUrl'>): boolean =>
  publicUrl === undefined ? tls !== undefined : publicUrl.startsWith('https:');

/** Whether it can be reached from this very machine alone. */
export const isNear = ({ host }: Pick<ManagerConfig, 'host'>): boolean => /^(?:127\.[0-9.]+|::1|localhost)$/.test(host);

/** What listens on every address is near on this one. */
const nearest: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where the page is, seen from this machine, as far as the settings say. */
export function addressOf({ host, port, tls, publicUrl }: Pick<ManagerConfig, 'host' | 'port' | 'tls' | 'publicUrl'>): string {
  const near = nearest[host] ?? host;
  return publicUrl ?? `${tls ? 'https' : 'http'}://${near.includes(':') ? `[${near}]` : near}:${port}`;
}

const ssoSettings = ['MAINSTAY_OIDC_ISSUER', 'MAINSTAY_OIDC_CLIENT_ID', 'MAINSTAY_OIDC_CLIENT_SECRET'] as const;

/** All three or none. */
function ssoSetting(environment: NodeJS.ProcessEnv): SsoConfig | undefined {
  const [issuer, clientId, clientSecret] = ssoSettings.map((name) => environment[name] || undefined);
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    const lacking = ssoSettings.filter((name) => !environment[name]);
    throw new SettingFault(
      `${lacking.join(' and ')} must be set, too: signing in by an identity provider takes ${ssoSettings.join(', ')}.`,
    );
  }
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const near = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && near))) {
    throw new SettingFault(`MAINSTAY_OIDC_ISSUER is “${issuer}”; it must be the provider's address, such as https://id.example.org.`);
  }
  return { issuer, clientId, clientSecret, name: environment['MAINSTAY_OIDC_NAME'] || url.hostname };
}
