// A container's log as the engine sends it: frames of stdout and stderr, or one plain stream when it has a terminal.
// Each line begins with the time that the engine took it at. Read piece by piece, wherever the pieces are cut.

import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '@mainstay/wire/servers';

/** A line longer than this is cut: one process that prints without line feeds must not fill the link. */
const textMax = 8192;
const headerBytes = 8;

export interface LogReader {
  /** Takes the next piece; gives the lines that it completes. */
  read(piece: Buffer): LogLine[];
  /** At the end: a last line without its line feed. */
  rest(): LogLine[];
}

/** @param terminal whether the container has one: then nothing is framed */
export function createLogReader(terminal: boolean): LogReader {
  const readers = { stdout: createLineReader('stdout'), stderr: createLineReader('stderr') };
  if (terminal) return readers.stdout;
  let pending: Buffer = Buffer.alloc(0);
  const reader = (header: Buffer) => readers[header.readUInt8(0) === 2 ? 'stderr' : 'stdout'];
  return {
    read: (piece) => {
      pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
      const lines: LogLine[] = [];
      while (pending.length >= headerBytes && pending.length >= headerBytes + pending.readUInt32BE(4)) {
        const end = headerBytes + pending.readUInt32BE(4);
        lines.push(...reader(pending).read(pending.subarray(headerBytes, end)));
        pending = pending.subarray(end);
      }
      return lines;
    },
    rest: () => {
      const cut = pending.length > headerBytes ? reader(pending).read(pending.subarray(headerBytes)) : [];
      return [...cut, ...readers.stdout.rest(), ...readers.stderr.rest()];
    },
  };
}

function createLineReader(stream: LogLine['stream']): LogReader {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    read: (piece) => {
      const lines = (rest + decoder.write(piece)).split('\n');
      rest = (lines.pop() ?? '').slice(0, textMax);
      return lines.filter((line) => line !== '').map((line) => lineOf(line, stream));
    },
    rest: () => (rest === '' ? [] : [lineOf(rest, stream)]),
  };
}

function lineOf(line: string, stream: LogLine['stream']): LogLine {
  const space = line.indexOf(' ');
  const at = Date.parse(space === -1 ? line : line.slice(0, space));
  const words = (Number.isNaN(at) ? line : space === -1 ? '' : line.slice(space + 1)).replace(/\r$/, '');
  return { at: Number.isNaN(at) ? null : at, stream, text: words.slice(0, textMax) };
}
