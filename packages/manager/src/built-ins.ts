// The templates that come with Mainstay: YAML files beside the code, read once at the start. They change with a new
// Mainstay only, so each says its own version.

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import { type TemplateBody, templateId } from '@mainstay/wire/templates';
import type { Logger } from 'pino';
import { readTemplateText } from './template-text.ts';

export interface BuiltIn {
  /** Its file's name without its ending. */
  readonly id: string;
  readonly version: number;
  readonly template: TemplateBody;
}

const ending = '.yaml';
/** A line of its own, before what makes it a template. */
const versionLine = /^version: ([1-9]\d{0,5})\n/;

/**
 * Reads one.
 * @throws Fault `invalid-request` with the line and column of what is wrong
 */
export function readBuiltIn(id: string, text: string): BuiltIn {
  const version = versionLine.exec(text)?.[1];
  if (version === undefined || !templateId.safeParse(id).success) {
    throw new Fault('invalid-request', `${id}${ending} must begin with a line such as version: 1, and be named like an id.`);
  }
  return { id, version: Number(version), template: readTemplateText(text).template };
}

/** Those in a directory, by name; one that cannot be read is told of and left out: the others are none the worse. */
export async function loadBuiltIns(directory: string | null, log: Logger): Promise<readonly BuiltIn[]> {
  if (directory === null) return [];
  const files = (await readdir(directory)).filter((name) => name.endsWith(ending)).sort();
  const read = await Promise.all(
    files.map(async (name) => {
      try {
        return [readBuiltIn(basename(name, ending), await readFile(join(directory, name), 'utf8'))];
      } catch (error) {
        log.error({ template: name, error }, 'a built-in template cannot be read');
        return [];
      }
    }),
  );
  return read.flat();
}
