// Where the manager may connect to when somebody else names the address. A name is resolved here, every address of it
// is checked, and the connection is made to a checked address, so that a name which resolves otherwise a moment later
// leads nowhere else. Private networks only where an owner allows them; addresses that no service has, never.

import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Fault } from '@mainstay/core/fault';

/** Address ranges that are not the public Internet (IANA special-purpose registries). `owner`: an owner may allow it. */
// biome-ignore format: a table is read by its columns
const special = [
  // What a cloud tells its machines of themselves, credentials included; before the wider ranges that they are in.
  ['169.254.169.254/32',  'a cloud’s metadata',                'never'],
  ['fd00:ec2::254/128',   'a cloud’s metadata',                'never'],
  ['127.0.0.0/8',         'this machine itself',               'owner'],
  ['10.0.0.0/8',          'a private network',                 'owner'],
  ['172.16.0.0/12',       'a private network',                 'owner'],
  ['192.168.0.0/16',      'a private network',                 'owner'],
  ['169.254.0.0/16',      'link-local',                        'owner'],
  ['100.64.0.0/10',       'behind a carrier’s NAT',            'owner'],
  ['0.0.0.0/8',           'no address that can be called',     'never'],
  ['192.0.0.0/24',        'reserved for protocols',            'never'],
  ['192.0.2.0/24',        'for documentation',                 'never'],
  ['192.88.99.0/24',      'a retired relay',                   'never'],
  ['198.18.0.0/15',       'for benchmarks',                    'never'],
  ['198.51.100.0/24',     'for documentation',                 'never'],
  ['203.0.113.0/24',      'for documentation',                 'never'],
  ['224.0.0.0/4',         'multicast',                         'never'],
  ['240.0.0.0/4',         'reserved',                          'never'],
  ['::1/128',             'this machine itself',               'owner'],
  ['fc00::/7',            'a private network',                 'owner'],
  ['fe80::/10',           'link-local',                        'owner'],
  ['fec0::/10',           'a private network',                 'owner'],
  ['2001::/23',           'reserved for protocols',            'never'],
  ['2001:db8::/32',       'for documentation',                 'never'],
  ['2002::/16',           'an IPv4 address in disguise',       'never'],
  ['3fff::/20',           'for documentation',                 'never'],
] as const satisfies readonly (readonly [range: string, what: string, who: 'owner' | 'never'])[];

const ranges = special.map(([range, what, who]) => ({ list: listOf(range), family: familyOf(range.split('/')[0] ?? ''), what, who }));
/** All that is public in IPv6; the rest is unassigned, mapped IPv4, NAT64, multicast and the like. */
const globalUnicast = listOf('2000::/3');

/** Why an address is refused; null: it may be connected to. */
export function refusalOf(address: string, allowPrivate: boolean): string | null {
  const family = familyOf(address);
  const found = ranges.find((range) => range.family === family && range.list.check(address, family));
  if (found) return found.who === 'owner' && allowPrivate ? null : found.what;
  return family === 'ipv6' && !globalUnicast.check(address, 'ipv6') ? 'no public address' : null;
}

/** Finds a name's addresses; throws as `node:dns` does. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveName: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * The addresses of `host`, all of them checked.
 * @param host a name, or an address in the form that a URL has after parsing; an IPv6 one without its brackets
 * @throws Fault `forbidden-address` when any of them is refused; `node:dns`'s error when there are none
 */
export async function checkedAddresses(host: string, allowPrivate: boolean, resolve: Resolve = resolveName): Promise<readonly string[]> {
  const addresses = isIP(host) ? [host] : await resolve(host);
  for (const address of addresses) {
    const refusal = refusalOf(address, allowPrivate);
    if (refusal === null) continue;
    const where = address === host ? host : `${host} (${address})`;
    throw new Fault(
      'forbidden-address',
      `${where} is ${refusal}; nothing is sent there${allowPrivate ? '' : ' unless private addresses are allowed'}.`,
    );
  }
  return addresses;
}

/** The same, but no longer than until `signal` aborts: a lookup itself cannot be ended. */
export async function addressesWithin(
  signal: AbortSignal,
  host: string,
  allowPrivate: boolean,
  resolve?: Resolve,
): Promise<readonly string[]> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([checkedAddresses(host, allowPrivate, resolve), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A lookup for a connection that knows only these addresses, whatever it is asked for. */
export function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_host, options, answer) => {
    const [first] = found;
    if (options.all) answer(null, found);
    else if (first) answer(null, first.address, first.family);
    else answer(Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' }), '');
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}

function listOf(range: string): BlockList {
  const [network = '', bits = ''] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), familyOf(network));
  return list;
}
