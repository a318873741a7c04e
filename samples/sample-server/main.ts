// A small but honest game server: a lobby where people build a world that lasts, for trying Mainstay and testing it.
// It behaves as real ones do where that matters to whoever keeps it alive: it takes its time to start and to stop, saves now
// and then, logs lines, is commanded over stdin and RCON, and can be told to crash, hang or eat memory.
// Exit codes: 0 stopped as asked, 1 no port or no save at the end, 2 bad setting, 4 unreadable world; others as told.

import { setTimeout as wait } from 'node:timers/promises';
import type { Game } from './commands.ts';
import { openConsole } from './console.ts';
import { type Lobby, openLobby } from './lobby.ts';
import { openRcon } from './rcon.ts';
import { BadSetting, readSettings, type Settings } from './settings.ts';
import { World } from './world.ts';

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

function end(code: number, reason: unknown): never {
  log(`[error] ${reason instanceof Error ? reason.message : String(reason)}`);
  process.exit(code);
}

function settingsOrEnd(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof BadSetting) end(2, error);
    throw error;
  }
}

function worldOrEnd(directory: string): World {
  try {
    return new World(directory, Date.now);
  } catch (error) {
    // Unwritable counts as unreadable: building on what cannot be kept would be a lie to the players.
    end(4, error);
  }
}

function save(): boolean {
  try {
    world.save();
    log('[world] saved');
    return true;
  } catch (error) {
    log(`[error] the world could not be saved: ${String(error)}`);
    return false;
  }
}

async function stop(why: string): Promise<void> {
  if (settings.hangOnStop) {
    log(`[stop] ${why}, ignored because of HANG_ON_STOP`);
    return;
  }
  if (stopping) return;
  stopping = true;
  log(`[stop] ${why}; closing`);
  lobby?.close();
  await wait(settings.stopSeconds * 1000);
  // Last, as in servers that are killed too early and lose what was built: a stop without its grace must show.
  const saved = !world.changed || save();
  log(saved ? '[stop] the world is safe, goodbye' : '[stop] ended without saving');
  process.exit(saved ? 0 : 1);
}

let stopping = false;
let lobby: Lobby | undefined;

// As a container's first process it has no default signal handlers: without these a stop would never end it.
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGINT', () => stop('SIGINT'));
// A log that nobody reads any more is no reason to end a game.
process.stdout.on('error', () => {});

const settings = settingsOrEnd();
const world = worldOrEnd(settings.dataDirectory);
log(world.isNew ? `[world] new world ${world.id}` : `[world] loaded ${world.id}, boot ${world.boots}`);

log(`[start] ${settings.lobbyName} is starting`);
await wait(settings.startSeconds * 1000);
if (settings.crashOnStart !== undefined) {
  log(`[crash] CRASH_ON_START is set, exit code ${settings.crashOnStart}`);
  process.exit(settings.crashOnStart);
}

if (!stopping) {
  try {
    lobby = await openLobby(settings, world, log);
    const game: Game = { settings, world, lobby, log, save, stop };
    if (settings.rconPassword !== undefined) {
      log(`[rcon] listening on port ${await openRcon(game, settings.rconPassword)}`);
    }
    openConsole(game);
    setInterval(() => world.changed && save(), settings.saveSeconds * 1000);
    log(`[ready] lobby open on port ${lobby.port}`);
  } catch (error) {
    end(1, error);
  }
}
