// The commands that were sent to a server, kept while the tab lives: up and down walk through them, and what was being
// typed waits at the end.

const most = 100;
const key = (serverId: string) => `mainstay.commands.${serverId}`;

export function readCommands(serverId: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key(serverId)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}

/** Puts a command at the end; one that repeats the last is kept once. */
export function keepCommand(serverId: string, command: string): readonly string[] {
  const before = readCommands(serverId);
  const commands = before.at(-1) === command ? before : [...before, command].slice(-most);
  try {
    sessionStorage.setItem(key(serverId), JSON.stringify(commands));
  } catch {
    // A browser that keeps nothing still sends commands.
  }
  return commands;
}
