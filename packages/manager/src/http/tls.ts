// The manager's own certificate, when it serves TLS by itself: two files, read at the start and again when they were renewed.
// Connections that stand stay as they are; a pair that cannot be used changes nothing, and the log says so.

import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import { Fault } from '@mainstay/core/fault';
import type { TlsFiles } from '../config.ts';
import { every } from '../loops/every.ts';
import type { World } from '../world.ts';

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** @throws Fault when a file cannot be read, or the two do not belong together */
export async function readTls({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `${(error as NodeJS.ErrnoException).path} is not there.` : `${message}. Both must be PEM.`;
    throw new Fault('internal', `The certificate in ${certFile} with the key in ${keyFile} cannot be used: ${why}`);
  }
}

/** How soon a renewed certificate is served, and how often the log tells of one that cannot be. */
const lookEveryMs = 10_000;

/** Serves what the files hold from now on. @param server one that was made with `pair` */
export function keepTls(world: World, server: Server, files: TlsFiles, pair: TlsPair): { stop(): Promise<void> } {
  let served = pair;
  return every(world, lookEveryMs, 'the certificate cannot be used; the one before it goes on', async () => {
    const now = await readTls(files);
    if (now.cert === served.cert && now.key === served.key) return;
    server.setSecureContext(now);
    served = now;
    world.log.info({ certificate: files.certFile }, 'a renewed certificate is served');
  });
}
