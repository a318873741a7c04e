// The engine's event stream: one JSON object a line.

import type { Readable } from 'node:stream';
import type { EngineEvent } from './engine.ts';
import { eachLine } from './lines.ts';

interface DockerEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  readonly time?: number;
}

export function eachEvent(stream: Readable, signal: AbortSignal, each: (event: EngineEvent) => void): Promise<void> {
  return eachLine(stream, signal, (line) => {
    const event = JSON.parse(line) as DockerEvent;
    const { Action: action, Actor: actor } = event;
    if (action === undefined || actor?.ID === undefined) return;
    const attributes = actor.Attributes ?? {};
    // Nanoseconds do not fit a number: the digits are read as they stand.
    const nanoseconds = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? (event.time ?? 0) * 1e9);
    each({
      action,
      containerId: actor.ID,
      labels: attributes,
      // Podman's name for it is the second.
      exitCode: numberOf(attributes['exitCode'] ?? attributes['containerExitCode']),
      signal: numberOf(attributes['signal']),
      at: Number(nanoseconds / 1_000_000n),
      cursor: cursorAfter(nanoseconds),
    });
  });
}

/** Seconds with nine digits behind the point, as `since` takes them: the first moment that is not this one any more. */
function cursorAfter(nanoseconds: bigint): string {
  const next = nanoseconds + 1n;
  return `${next / 1_000_000_000n}.${String(next % 1_000_000_000n).padStart(9, '0')}`;
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
