// The operator's commands, the same on standard input and over RCON.
// A command answers at once; what would keep the answer from arriving (stopping, crashing, hanging, eating memory) is
// handed back as `afterwards`, which the caller runs once the answer is on its way.

import type { Lobby } from './lobby.ts';
import { firstWord, plainText } from './plain-text.ts';
import type { Settings } from './settings.ts';
import type { World } from './world.ts';

export interface Answer {
  readonly text: string;
  readonly afterwards?: () => void;
}

/** What the commands may touch. */
export interface Game {
  readonly settings: Settings;
  readonly world: World;
  readonly lobby: Lobby;
  readonly log: (line: string) => void;
  /** False when the world could not be saved; the reason is in the log. */
  readonly save: () => boolean;
  readonly stop: (why: string) => void;
}

const EAT_MEGABYTES_MOST = 65_536;
const MEGABYTE = 1_048_576;
const eaten: Buffer[] = [];

const commands: Readonly<Record<string, (game: Game, rest: string) => Answer>> = {
  help: () => ({
    text: 'commands: help, list, say <words>, save, world, stop, crash [code], hang, eat <MB>',
  }),
  list: ({ settings, lobby }) => {
    const players = lobby.players();
    return { text: `${players.length} of ${settings.maxPlayers} players: ${players.join(', ')}` };
  },
  say: ({ lobby, log }, rest) => {
    const words = plainText(rest, 200);
    log(`[chat] <console> ${words}`);
    lobby.announce(`<console> ${words}`);
    return { text: `said to ${lobby.players().length} players` };
  },
  save: ({ save }) => ({ text: save() ? 'the world is saved' : 'the world could not be saved' }),
  world: ({ world }) => ({ text: world.describe().join('\n') }),
  stop: ({ stop }) => ({ text: 'stopping', afterwards: () => stop('stop command') }),
  crash: ({ log }, rest) => {
    const code = rest === '' ? 1 : Number(rest);
    if (!Number.isInteger(code) || code < 1 || code > 255) {
      return { text: 'crash [code]: a whole number from 1 to 255' };
    }
    return {
      text: `crashing with exit code ${code}`,
      afterwards: () => {
        log(`[crash] crashing as asked, exit code ${code}; what was not saved is lost`);
        process.exit(code);
      },
    };
  },
  hang: ({ log }) => ({
    text: 'hanging; only a kill ends this',
    afterwards: () => {
      log('[hang] hanging as asked; only a kill ends this');
      // Blocks the whole program, signal handlers included, without burning a core.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  }),
  eat: ({ log }, rest) => {
    const megabytes = Number(rest);
    if (!Number.isInteger(megabytes) || megabytes < 1 || megabytes > EAT_MEGABYTES_MOST) {
      return { text: `eat <MB>: a whole number from 1 to ${EAT_MEGABYTES_MOST}` };
    }
    return {
      text: `eating ${megabytes} MB`,
      afterwards: () => {
        log(`[eat] eating ${megabytes} MB as asked`);
        // Filled, because memory that is only reserved does not count.
        for (let each = 0; each < megabytes; each++) eaten.push(Buffer.alloc(MEGABYTE, 1));
        log(`[eat] holding ${eaten.length} MB`);
      },
    };
  },
};

/** Carries out one line; an unknown command is an answer like any other. */
export function runCommand(game: Game, line: string): Answer {
  const { verb, rest } = firstWord(line);
  if (verb === '') return { text: '' };
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  return command?.(game, rest) ?? { text: `unknown command ${plainText(verb, 40)}; try help` };
}
