// When a simulated program said that it can be used: its log is looked through at each look, until the line was found.

import type { ServerId } from '@mainstay/core/id';
import type { ReadyLine } from '@mainstay/core/server';
import { patternOf } from '@mainstay/wire/pattern';
import type { Container } from './container.ts';

type Says = (line: string) => boolean;

export class Readiness {
  readonly #wanted = new Map<ServerId, Says>();
  readonly #seen = new Map<ServerId, { readonly startedAt: number; readonly at: number }>();

  want(serverId: ServerId, ready: ReadyLine | null): void {
    this.#seen.delete(serverId);
    if (ready === null) this.#wanted.delete(serverId);
    else this.#wanted.set(serverId, sayingOf(ready));
  }

  /** Of a running program; null: it has not said so yet; undefined: nobody listens. */
  of(serverId: ServerId, { startedAt, log }: Container): number | null | undefined {
    const says = this.#wanted.get(serverId);
    if (!says) return undefined;
    const seen = this.#seen.get(serverId);
    if (seen?.startedAt === startedAt) return seen.at;
    const line = log.all().find(({ at, text }) => at !== null && at >= startedAt && says(text));
    if (!line) return null;
    const at = line.at ?? startedAt;
    this.#seen.set(serverId, { startedAt, at });
    return at;
  }
}

function sayingOf({ line, regex }: ReadyLine): Says {
  return (regex ? patternOf(line)?.matches : null) ?? ((text) => text.includes(line));
}
