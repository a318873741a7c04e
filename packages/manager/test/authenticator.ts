// A device with passkeys, as far as a manager sees it: it makes key pairs and signs what it is asked with, or with what a test has it
// say instead. By the W3C's Web Authentication, without attestation, with ES256.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Said {
  /** The page that asks, as the browser names it. */
  readonly origin: string;
  /** The host name that the key is for. */
  readonly host: string;
  readonly challenge: string;
  /** Whether the device has made sure who is there. */
  readonly verified?: boolean;
  readonly counter?: number;
}

export interface Passkey {
  readonly id: string;
  /** What registers it. */
  made(said: Said): object;
  /** What signs in by it. */
  used(said: Said): object;
}

export function newPasskey(id: Buffer = randomBytes(32)): Passkey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const common = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key', clientExtensionResults: {} };
  return {
    id: common.id,
    made: (said) => {
      const attested = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, coseKey(publicKey)]);
      const authData = Buffer.concat([authenticatorData(said, 0x40), attested]);
      const attestation = map([text('fmt'), text('none')], [text('attStmt'), map()], [text('authData'), bytes(authData)]);
      const response = { clientDataJSON: clientData('webauthn.create', said), attestationObject: attestation.toString('base64url') };
      return { ...common, response: { ...response, transports: ['internal'] } };
    },
    used: (said) => {
      const authData = authenticatorData(said, 0);
      const client = clientData('webauthn.get', said);
      const signed = Buffer.concat([authData, sha256(Buffer.from(client, 'base64url'))]);
      return {
        ...common,
        response: { clientDataJSON: client, authenticatorData: authData.toString('base64url'), signature: signature(signed, privateKey) },
      };
    },
  };
}

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();
const signature = (data: Buffer, key: KeyObject) => sign('sha256', data, key).toString('base64url');

function clientData(type: string, { challenge, origin }: Said): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url');
}

/** Somebody was there; made sure of who, unless the test says otherwise. */
function authenticatorData({ host, verified = true, counter = 0 }: Said, flags: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([sha256(host), Buffer.from([flags | 0x01 | (verified ? 0x04 : 0)]), count]);
}

/** COSE: an EC2 key, ES256, on P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const at = (name: Buffer, value: string) => [name, bytes(Buffer.from(value, 'base64url'))] as const;
  return map([int(1), int(2)], [int(3), int(-7)], [int(-1), int(1)], at(int(-2), x), at(int(-3), y));
}

// As much of CBOR (RFC 8949) as this takes.
function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  return length < 256 ? Buffer.from([(major << 5) | 24, length]) : Buffer.concat([Buffer.from([(major << 5) | 25]), uint16(length)]);
}
const int = (value: number) => (value >= 0 ? head(0, value) : head(1, -1 - value));
const bytes = (data: Buffer) => Buffer.concat([head(2, data.length), data]);
const text = (data: string) => Buffer.concat([head(3, data.length), Buffer.from(data)]);
const map = (...entries: (readonly [Buffer, Buffer])[]) => Buffer.concat([head(5, entries.length), ...entries.flat()]);

function uint16(value: number): Buffer {
  const written = Buffer.alloc(2);
  written.writeUInt16BE(value);
  return written;
}
