// Where this checkout and its state are.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout. */
export const root = join(import.meta.dirname, '../../..');

/** MAINSTAY_HOME: where all state lives. */
export const home = resolve(process.env['MAINSTAY_HOME'] || join(root, '.mainstay'));

export const shipped = { webDirectory: join(root, 'packages/web/dist'), templatesDirectory: join(root, 'templates') };

export const version: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** Makes `home` the setting that every part reads, itself and in what it starts. */
export function installed(): void {
  process.env['MAINSTAY_HOME'] = home;
}
