// A container's log as the engine sends it: frames of stdout and stderr, or one plain stream when it has a terminal.
// Each line begins with the time that the engine took it at.

import type { LogLine } from '@mainstay/wire/servers';

/** A line longer than this is cut: one process that prints without line feeds must not fill the link. */
const textMax = 8192;
const headerBytes = 8;

/** @param terminal whether the container has one: then nothing is framed */
export function logLines(raw: Buffer, terminal: boolean): LogLine[] {
  if (terminal) return linesOf(raw.toString('utf8'), 'stdout');
  const lines: LogLine[] = [];
  for (let at = 0; at + headerBytes <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    const stream = raw.readUInt8(at) === 2 ? 'stderr' : 'stdout';
    lines.push(...linesOf(raw.toString('utf8', at + headerBytes, at + headerBytes + length), stream));
    at += headerBytes + length;
  }
  return lines;
}

function linesOf(text: string, stream: LogLine['stream']): LogLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      const at = Date.parse(space === -1 ? line : line.slice(0, space));
      const words = (Number.isNaN(at) ? line : space === -1 ? '' : line.slice(space + 1)).replace(/\r$/, '');
      return { at: Number.isNaN(at) ? null : at, stream, text: words.slice(0, textMax) };
    });
}
