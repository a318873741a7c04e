// Whether this browser can have passkeys here, and why not. They belong to a host name: an address has none.

import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { people } from '../messages/people.ts';

const words = people.factors;

/** The browser came back without one; its message is for the person. */
export class NoPasskey extends Error {}

/** Why there can be none; null: there can. */
export function passkeyRefusal({ protocol, hostname, port }: Pick<Location, 'protocol' | 'hostname' | 'port'> = location): string | null {
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  if (!isAddress) return browserSupportsWebAuthn() ? null : words.unsupported;
  const near = hostname.startsWith('127.') || hostname === '[::1]';
  return near ? words.openByName(`${protocol}//localhost${port === '' ? '' : `:${port}`}`) : words.byAddress;
}
