// What a program says, with the secrets that it was given made unreadable: as they were given, and, for a secret of several
// lines, each of its lines, which is all that a log has of it at once.

import { plainLine, withoutColours } from './plain-line.ts';

const mask = '••••';

/** Shorter lines of a secret are in many texts, and tell nothing of it. */
export const lineLeast = 4;

/** @returns a line of a log as a person reads it, without the secrets */
export function maskedLine(secrets: readonly string[]): (text: string) => string {
  const masked = masking(secrets);
  // Before, for tabs, which a plain line has no more; after, for what colours had parted.
  return (text) => masked(plainLine(masked(text)));
}

/** @returns a text as it was said, without the secrets; its colours go only where they parted one */
export function maskedText(secrets: readonly string[]): (text: string) => string {
  const masked = masking(secrets);
  return (text) => {
    const shown = masked(text);
    const plain = withoutColours(shown);
    const hidden = masked(plain);
    return hidden === plain ? shown : hidden;
  };
}

function masking(secrets: readonly string[]): (text: string) => string {
  const sought = [...new Set(secrets.flatMap(partsOf))]
    .filter((part) => part !== '')
    // One that another begins with would leave the other's rest to be read.
    .sort((a, b) => b.length - a.length);
  return (text) => sought.reduce((shown, part) => shown.replaceAll(part, mask), text);
}

function partsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  return [secret, ...lines.filter((line) => line.length >= lineLeast)];
}
