// Everything the sample server can be told, read from its environment once at start.
// A setting that is unset or empty has its default; one that is wrong stops the start with a single line
// that names it, because a server that runs with a guessed setting is worse than one that does not run.

export interface Settings {
  readonly lobbyName: string;
  readonly motd: string;
  readonly port: number;
  readonly maxPlayers: number;
  readonly rconPort: number;
  /** Undefined: RCON is off. */
  readonly rconPassword: string | undefined;
  readonly dataDirectory: string;
  readonly saveSeconds: number;
  readonly startSeconds: number;
  readonly stopSeconds: number;
  /** Exit with this code instead of opening the lobby. */
  readonly crashOnStart: number | undefined;
  /** Ignore every request to stop, so that only a kill ends the server. */
  readonly hangOnStop: boolean;
}

/** A setting that cannot be used; the message is the one line to show. */
export class BadSetting extends Error {
  constructor(name: string, rule: string) {
    super(`bad setting ${name}: ${rule}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws BadSetting on the first setting that cannot be used. Port 0 means any free port. */
export function readSettings(environment: Environment): Settings {
  const settings: Settings = {
    lobbyName: text(environment, 'LOBBY_NAME', 64) ?? 'Sample lobby',
    motd: text(environment, 'MOTD', 200) ?? 'Build something that lasts.',
    port: wholeNumber(environment, 'PORT', 0, 65_535) ?? 7777,
    maxPlayers: wholeNumber(environment, 'MAX_PLAYERS', 1, 1000) ?? 16,
    rconPort: wholeNumber(environment, 'RCON_PORT', 0, 65_535) ?? 27_015,
    rconPassword: text(environment, 'RCON_PASSWORD', 256),
    dataDirectory: text(environment, 'DATA_DIR', 4096) ?? '/data',
    saveSeconds: seconds(environment, 'SAVE_SECONDS', 0.1, 3600) ?? 5,
    startSeconds: seconds(environment, 'START_SECONDS', 0, 3600) ?? 1,
    stopSeconds: seconds(environment, 'STOP_SECONDS', 0, 3600) ?? 1,
    crashOnStart: wholeNumber(environment, 'CRASH_ON_START', 1, 255),
    hangOnStop: yesOrNo(environment, 'HANG_ON_STOP') ?? false,
  };
  const rconIsOn = settings.rconPassword !== undefined;
  if (rconIsOn && settings.port !== 0 && settings.port === settings.rconPort) {
    throw new BadSetting('RCON_PORT', `must differ from PORT, both are ${settings.port}`);
  }
  return settings;
}

// No rule quotes the value back: one of these settings is a password, and the log is read by many.

function text(environment: Environment, name: string, longest: number): string | undefined {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  if (value.length > longest || /\p{Cc}/u.test(value)) {
    throw new BadSetting(name, `must be one line of at most ${longest} characters`);
  }
  return value;
}

function wholeNumber(environment: Environment, name: string, least: number, most: number) {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new BadSetting(name, `must be a whole number from ${least} to ${most}`);
}

function seconds(environment: Environment, name: string, least: number, most: number) {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  const number = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new BadSetting(name, `must be seconds from ${least} to ${most}, such as 1.5`);
}

function yesOrNo(environment: Environment, name: string): boolean | undefined {
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw new BadSetting(name, 'must be true or false');
}
