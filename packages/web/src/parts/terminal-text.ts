// Lines of a log on their way into a terminal, and out of it as plain text.

import type { LogLine } from '@mainstay/wire/servers';

const esc = '\u001b';
const reset = `${esc}[0m`;
const red = `${esc}[31m`;
const faint = `${esc}[90m`;

/** Colours and cursor moves (CSI), and titles and links (OSC). */
// biome-ignore lint/complexity/useRegexLiterals: the escape character is plainer by its name
const codes = new RegExp('\\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)|[@-Z\\\\-_])', 'g');

/** Without what only a terminal understands. */
export function plainLine(line: string): string {
  return line.replace(codes, '');
}

/** A line as a terminal shows it: its own colours; what went to stderr in red unless it has any. One line's colour never runs into the next. */
export function terminalLine({ text, stream }: LogLine): string {
  const plain = !text.includes(esc);
  return `${stream === 'stderr' && plain ? red : ''}${text}${reset}\r\n`;
}

/** A command that was sent, as it is repeated above its answer. */
export function sentLine(command: string): string {
  return `${faint}> ${command}${reset}\r\n`;
}

/** What a console answered to a command, line by line. */
export function answerText(answer: string): string {
  return answer
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => `${line}${reset}\r\n`)
    .join('');
}

/** A whole log as text: each line with its time, ISO 8601 in UTC. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map(({ at, text }) => `${at === null ? '' : `${new Date(at).toISOString()} `}${plainLine(text)}\n`).join('');
}
