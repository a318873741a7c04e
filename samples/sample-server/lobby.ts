// The place where players meet: a line of text in, lines of text out, over plain TCP (`nc host 7777` is a client).
// A player connects, gives a name, and then looks, says and builds; what is built is the world's, not the lobby's.
// Everything a player can make the server hold is bounded: line, name, number of players, unread output.

import { createServer, type Socket } from 'node:net';
import { readLines } from './lines.ts';
import { listen } from './listen.ts';
import { firstWord, plainText } from './plain-text.ts';
import type { Settings } from './settings.ts';
import type { World } from './world.ts';

const NAME_SECONDS = 60;
const UNREAD_BYTES_MOST = 65_536;

interface Player {
  readonly socket: Socket;
  /** Undefined until the player has given a name that nobody else has. */
  name: string | undefined;
}

export interface Lobby {
  /** The port that it really listens on. */
  readonly port: number;
  players(): string[];
  announce(text: string): void;
  /** Tells the players, lets them go and frees the port. */
  close(): void;
}

/** Rejects when the port cannot be had. */
export async function openLobby(settings: Settings, world: World, log: (line: string) => void): Promise<Lobby> {
  const guests = new Set<Player>();

  const players = () => [...guests].flatMap(({ name }) => (name === undefined ? [] : [name]));

  function tell(player: Player, text: string): void {
    // A player who does not read is let go rather than remembered for.
    if (player.socket.writableLength > UNREAD_BYTES_MOST) player.socket.destroy();
    else player.socket.write(`${text}\n`);
  }

  function announce(text: string): void {
    for (const guest of guests) if (guest.name !== undefined) tell(guest, text);
  }

  function leave(player: Player): void {
    if (!guests.delete(player) || player.name === undefined) return;
    log(`[lobby] ${player.name} left`);
    announce(`${player.name} left.`);
  }

  function welcome(player: Player, line: string): void {
    const name = line.trim();
    if (!/^[\p{L}\p{N}_-]{1,20}$/u.test(name)) {
      tell(player, 'A name is 1 to 20 letters, digits, _ or -. What is your name?');
    } else if (players().includes(name)) {
      tell(player, `There is a ${name} here already. What is your name?`);
    } else {
      player.socket.setTimeout(0);
      announce(`${name} came in.`);
      player.name = name;
      log(`[lobby] ${name} came in`);
      world.note(`${name} came in`);
      tell(player, `Hello, ${name}. You can: look, say <words>, build <thing>, quit.`);
    }
  }

  function obey(player: Player, name: string, line: string): void {
    const { verb, rest } = firstWord(line);
    if (verb === '') return;
    if (verb === 'look') {
      tell(player, `You are in ${settings.lobbyName}. Here: ${players().join(', ')}.`);
      tell(player, `Built so far: ${world.listThings()}.`);
    } else if (verb === 'say') {
      const words = plainText(rest, 200);
      log(`[chat] <${name}> ${words}`);
      announce(`<${name}> ${words}`);
    } else if (verb === 'build') {
      build(player, name, rest);
    } else if (verb === 'quit') {
      player.socket.end(`Goodbye, ${name}.\n`);
    } else {
      tell(player, 'You can: look, say <words>, build <thing>, quit.');
    }
  }

  function build(player: Player, name: string, words: string): void {
    const thing = words.toLowerCase();
    if (!/^[\p{L}\p{N}][\p{L}\p{N} _-]{0,31}$/u.test(thing)) {
      tell(player, 'Build what? A thing is 1 to 32 letters, digits, spaces, _ or -.');
      return;
    }
    const count = world.build(thing, name);
    if (count === undefined) {
      tell(player, 'The world holds too many kinds of things; build more of what is there.');
      return;
    }
    log(`[build] ${name} built ${thing} (${count} now)`);
    announce(`${name} built ${thing}; there are ${count} now.`);
  }

  const server = createServer((socket) => {
    const player: Player = { socket, name: undefined };
    socket.on('error', () => socket.destroy());
    socket.on('close', () => leave(player));
    if (guests.size >= settings.maxPlayers) {
      socket.end('The lobby is full; come back later.\n');
      return;
    }
    guests.add(player);
    socket.setTimeout(NAME_SECONDS * 1000, () => socket.end('No name, no lobby.\n'));
    tell(player, `Welcome to ${settings.lobbyName}. ${settings.motd}`);
    tell(player, 'What is your name?');
    readLines(
      socket,
      (line) => {
        if (socket.writableEnded) return;
        if (player.name === undefined) welcome(player, line);
        else obey(player, player.name, line);
      },
      () => socket.end('That line has no end; goodbye.\n'),
    );
  });

  const port = await listen(server, settings.port);

  return {
    port,
    players,
    announce,
    close() {
      for (const { socket } of guests) socket.end('The lobby is closing; goodbye.\n');
      server.close();
    },
  };
}
