// The operator's console on standard input. A container may have none (closed, or /dev/null): then there simply is no
// console, and the server runs on.

import { type Game, runCommand } from './commands.ts';
import { readLines } from './lines.ts';

export function openConsole(game: Game): void {
  process.stdin.on('error', () => game.log('[console] standard input is gone'));
  readLines(
    process.stdin,
    (line) => {
      const { text, afterwards } = runCommand(game, line);
      for (const each of text.split('\n')) if (each !== '') game.log(`[console] ${each}`);
      afterwards?.();
    },
    () => game.log('[console] a line without end; standard input is not read any more'),
  );
}
