// What must not be read in what a program says: the secrets that its own container was made with. Its manifest tells which of its
// variables they are; where none can be read, whatever it was given may be one.

import { Fault } from '@mainstay/core/fault';
import type { Engine } from './engine.ts';
import { secretNames } from './manifest.ts';
import { lineLeast, maskedText } from './masking.ts';

/**
 * @param directory the server's own
 * @returns what its program says as anybody may read it
 * @throws Fault `container-gone`
 */
export async function maskOf(engine: Engine, containerId: string, directory: string): Promise<(text: string) => string> {
  const container = await engine.inspect(containerId);
  if (container === null) throw new Fault('container-gone', 'The container is gone, and its log with it.');
  const names = await secretNames(directory);
  const variables = container.env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)] as const);
  const secrets = variables.filter(([name, value]) => (names === null ? value.length >= lineLeast : names.has(name)));
  return maskedText(secrets.map(([, value]) => value));
}
