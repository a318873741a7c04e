// Known vulnerabilities of what we depend on, as the registry tells them. A registry that cannot be asked leaves it unchecked, and
// that is what is said: silence is no clean bill.

import { spawn } from 'node:child_process';
import { z } from 'zod';

export type Audit =
  | { readonly kind: 'checked'; readonly grave: readonly string[] }
  /** Why it could not be. */
  | { readonly kind: 'unchecked'; readonly why: string };

const withinMs = 60_000;
const report = z.object({ vulnerabilities: z.record(z.string(), z.object({ severity: z.string() })) });
const refusal = z.object({ message: z.string() });

/** @param directory where the lockfile is */
export async function auditDependencies(directory: string): Promise<Audit> {
  const output = await outputOfAudit(directory).catch((error: unknown) => JSON.stringify({ message: String(error) }));
  const answer = asJson(output);
  const told = report.safeParse(answer);
  if (!told.success) return { kind: 'unchecked', why: refusal.safeParse(answer).data?.message ?? 'npm audit gave no report' };
  const all = Object.entries(told.data.vulnerabilities);
  return {
    kind: 'checked',
    grave: all
      .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
      .map(([name, { severity }]) => `${name} (${severity})`),
  };
}

/** Its exit code says only whether it found something, or failed. */
function outputOfAudit(directory: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['audit', '--json'], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'], timeout: withinMs });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
    });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
