// Pterodactyl's and Pelican's eggs as templates: pure. What has no counterpart here is noted, one by one, never dropped in
// silence. Where an egg leaves things to its panel (ports, the user, a read-only root) they are what that panel does.

import type { TemplateVariable } from './answers.ts';
import type { Note, NoteCode, Noter } from './egg-notes.ts';
import { filledValue, shellOf } from './egg-placeholders.ts';
import { type EggVariable, type RulePatterns, ruledVariable } from './egg-rules.ts';
import { placeholdersIn } from './placeholder.ts';
import {
  type FieldFault,
  type FileEdit,
  type FileParser,
  type FileValue,
  fileParsers,
  type ReadyLine,
  type StopSettings,
} from './server.ts';
import type { Template } from './template.ts';

export interface Egg {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly updateUrl: string;
  readonly images: readonly { readonly label: string; readonly reference: string }[];
  readonly startups: readonly { readonly label: string; readonly command: string }[];
  readonly files: Readonly<
    Record<string, { readonly parser: string; readonly create: boolean; readonly find: Readonly<Record<string, unknown>> }>
  >;
  /** What it says once it can be used, each a part of a line or a pattern. */
  readonly done: readonly string[];
  readonly logs: string;
  readonly userInteraction: readonly string[];
  readonly stop: string;
  readonly install: { readonly script: string; readonly container: string; readonly entrypoint: string } | null;
  readonly variables: readonly EggVariable[];
  readonly features: readonly string[];
  readonly denied: readonly string[];
  /** Fields that no egg of a known version has. */
  readonly unknown: readonly string[];
}

/** What the importer needs of patterns and images: the core has none of its own. */
export interface Patterns extends RulePatterns {
  readonly isImage: (reference: string) => boolean;
}

/** Names that the panel, the image or the shell set, so that no variable may have them. */
const reserved: ReadonlySet<string> = new Set([
  ...['P_SERVER_UUID', 'P_SERVER_ALLOCATION_LIMIT', 'SERVER_MEMORY', 'SERVER_IP', 'SERVER_PORT', 'ENV', 'HOME', 'USER', 'STARTUP'],
  ...['MODIFIED_STARTUP', 'SERVER_UUID', 'UUID', 'INTERNAL_IP', 'HOSTNAME', 'TERM', 'LANG', 'PWD', 'TZ', 'TIMEZONE'],
]);
/** Questions of our own, beside the egg's. */
const own = { image: 'DOCKER_IMAGE', startup: 'STARTUP_COMMAND', memory: 'SERVER_MEMORY', limit: 'MEMORY_LIMIT' } as const;

const volume = { name: 'data', containerPath: '/home/container' } as const;
const defaultMemoryMb = 2048;
/** Beside what a program is told that it may take, it takes some more. */
const defaultLimitMb = 2560;
/** As the panel sets them up. */
const sandbox = {
  user: '1000:1000',
  workingDir: volume.containerPath,
  tty: true,
  readOnlyRoot: true,
  tmpfs: [{ containerPath: '/tmp', sizeMb: 100 }],
  capAdd: [],
} as const;

/** Variables that the panel shows nobody a choice of are what they are. */
function isFixed({ editable, rules, default: value }: EggVariable): boolean {
  return !editable && value !== '' && rules.includes(`in:${value}`);
}

type Faulter = (path: FieldFault['path'], message: string) => void;

export interface EggRead {
  readonly template: Template;
  readonly notes: readonly Note[];
  /** What is wrong with the egg itself, with its place there: then nothing is made of it. */
  readonly faults: readonly FieldFault[];
}

export function templateOfEgg(egg: Egg, patterns: Patterns): EggRead {
  const noted: Note[] = [];
  const faults: FieldFault[] = [];
  const fault: Faulter = (path, message) => void faults.push({ path, message });
  const note = (code: NoteCode, field: string, value: string) => void noted.push({ code, field, value });
  for (const [code, field, value] of [
    ['author', 'author', egg.author],
    ['update-url', 'meta.update_url', egg.updateUrl],
    ['logs', 'config.logs', egg.logs],
  ] as const) {
    if (value !== '') note(code, field, value);
  }
  for (const feature of egg.features) note('features', 'features', feature);
  for (const denied of egg.denied) note('file-denylist', 'file_denylist', denied);
  for (const line of egg.userInteraction) note('user-interaction', 'config.startup.userInteraction', line);
  for (const field of egg.unknown) note('unknown', field, field);
  if (egg.startups.every(({ command }) => command.trim() === '')) note('startup', 'startup', 'STARTUP');

  const { variables, fixed, renamed } = variablesOf(egg, patterns, note, fault);
  const images = onceEach(
    egg.images.filter(({ reference }) => patterns.isImage(reference)),
    ({ reference }) => reference,
  );
  for (const image of egg.images) if (!patterns.isImage(image.reference)) note('image', 'docker_images', image.reference);
  const [image] = images;
  const startups = onceEach(
    egg.startups.map(({ label, command }) => ({ label, value: shellOf(command, renamed, note) })),
    ({ value }) => value,
  );
  const asChoice = (name: string, label: string, options: readonly { label: string; value: string }[]): TemplateVariable[] =>
    options.length < 2
      ? []
      : [{ type: 'choice', name, label, hint: null, required: true, advanced: false, default: options[0]?.value ?? null, options }];
  const imageOptions = images.map(({ label, reference }) => ({ label, value: reference }));
  const plainNumber = { type: 'number', required: true, advanced: false, min: 64, max: 4_194_304, integer: true } as const;

  return {
    notes: noted,
    faults,
    template: {
      name: egg.name.trim().slice(0, 80),
      description: egg.description.replaceAll('\r\n', '\n').trim().slice(0, 4000),
      // Nobody here has seen it work.
      experimental: true,
      variables: [
        ...asChoice(own.image, 'Image', imageOptions),
        ...asChoice(own.startup, 'Startup', startups),
        ...variables,
        {
          ...plainNumber,
          name: own.memory,
          label: 'Memory, MiB',
          hint: 'What the program is told that it may take',
          default: defaultMemoryMb,
        },
        {
          ...plainNumber,
          name: own.limit,
          label: 'Memory limit, MiB',
          hint: 'What its container may take before it is ended; leave room above the memory',
          default: defaultLimitMb,
        },
      ],
      server: {
        image: images.length > 1 ? `{{${own.image}}}` : (image?.reference ?? ''),
        env: {
          ...Object.fromEntries(variables.map(({ name }) => [name, `{{${name}}}`])),
          ...fixed,
          STARTUP: startups.length > 1 ? `{{${own.startup}}}` : (startups[0]?.value ?? ''),
          SERVER_MEMORY: `{{${own.memory}}}`,
          SERVER_IP: '0.0.0.0',
          SERVER_PORT: '{{server.port.game}}',
          P_SERVER_UUID: '{{server.id}}',
          TZ: 'UTC',
        },
        command: null,
        ports: [{ name: 'game', role: 'game', protocol: 'tcp+udp', containerPort: 'host' }],
        volumes: [volume],
        limits: { memoryMb: `{{${own.limit}}}`, cpus: null },
        stop: stopOf(egg.stop, note),
        restart: 'unless-stopped',
        sandbox,
        console: { via: 'stdin', stopCommand: egg.stop === '' || egg.stop.startsWith('^') ? null : egg.stop },
        ready: readyOf(egg.done, patterns, note),
        install: egg.install && {
          volume: volume.name,
          image: egg.install.container,
          entrypoint: egg.install.entrypoint,
          script: egg.install.script.replaceAll('\r\n', '\n'),
        },
        files: filesOf(egg, renamed, patterns, note),
        query: null,
      },
    },
  };
}

interface Variables {
  readonly variables: readonly TemplateVariable[];
  readonly fixed: Readonly<Record<string, string>>;
  readonly renamed: ReadonlyMap<string, string>;
}

function variablesOf(egg: Egg, patterns: Patterns, note: Noter, fault: Faulter): Variables {
  const renamed = new Map<string, string>();
  const fixed: Record<string, string> = {};
  const ours = new Set<string>(Object.values(own));
  const asked = new Set([...egg.variables.map(({ env }) => env), ...ours]);
  const taken = new Set<string>();
  const variables = egg.variables.flatMap((each, at): TemplateVariable[] => {
    const field = `variables.${at}`;
    const name = reserved.has(each.env.toUpperCase()) || ours.has(each.env) ? `SERVER_${each.env}` : each.env;
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name) || taken.has(name)) {
      note('name', `${field}.env_variable`, each.env);
      return [];
    }
    taken.add(name);
    if (name !== each.env) {
      renamed.set(each.env, name);
      note('renamed', `${field}.env_variable`, name);
    }
    if (!each.viewable && !isFixed(each)) note('hidden', `${field}.user_viewable`, name);
    if (isFixed(each)) {
      fixed[name] = each.default;
      return [];
    }
    const { variable, lost, broken, lostDefault } = ruledVariable(each, name, patterns);
    for (const rule of lost) note('rule', `${field}.rules`, rule);
    for (const rule of broken) fault(['variables', at, 'rules'], `The rule “${rule}” is no pattern: mend it, or take it out.`);
    if (lostDefault !== null) note(lostDefault, `${field}.default_value`, lostDefault === 'default' ? each.default : name);
    const named = placeholdersIn(each.default).find((other) => asked.has(other));
    if (named !== undefined) note('placeholder', `${field}.default_value`, `{{${named}}}`);
    if (/(?:^|_)PORT$/.test(name) && /^\d*$/.test(each.default)) note('ports', `${field}.env_variable`, name);
    return [named === undefined || variable.type === 'secret' ? variable : { ...variable, default: null }];
  });
  return { variables, fixed, renamed };
}

/** What has several names there has its first here. */
function onceEach<T>(all: readonly T[], wordOf: (each: T) => string): T[] {
  return all.filter((each, at) => all.findIndex((other) => wordOf(other) === wordOf(each)) === at);
}

/** `^C` is a signal; more than one sign of it made the panel kill it at once. */
function stopOf(stop: string, note: Noter): StopSettings {
  const graceSeconds = 60;
  if (!stop.startsWith('^')) return { signal: null, graceSeconds };
  const name = stop.slice(1).toUpperCase();
  if (/^SIG(?:INT|TERM|ABRT|QUIT|HUP)$/.test(name)) return { signal: name, graceSeconds };
  if (name !== 'C') note('stop-kill', 'config.stop', stop);
  return { signal: 'SIGINT', graceSeconds };
}

const patternPrefix = 'regex:';
const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function readyOf(done: readonly string[], { kindOf }: Patterns, note: Noter): ReadyLine | null {
  const known = done.filter((line) => {
    const fits = line !== '' && (!line.startsWith(patternPrefix) || kindOf(line.slice(patternPrefix.length)) === 'usable');
    if (!fits && line !== '') note('ready', 'config.startup.done', line);
    return fits;
  });
  const [only, ...others] = known;
  if (only === undefined) return null;
  if (others.length === 0 && !only.startsWith(patternPrefix)) return { line: only, regex: false };
  const sources = known.map((line) => (line.startsWith(patternPrefix) ? line.slice(patternPrefix.length) : quoted(line)));
  return { line: sources.length === 1 ? (sources[0] ?? '') : sources.map((source) => `(?:${source})`).join('|'), regex: true };
}

const parserNames: Readonly<Record<string, FileParser>> = { ...Object.fromEntries(fileParsers.map((name) => [name, name])), yml: 'yaml' };

function filesOf({ files }: Egg, renamed: ReadonlyMap<string, string>, patterns: Patterns, note: Noter): FileEdit[] {
  return Object.entries(files).flatMap(([written, { parser: kind, create, find }]): FileEdit[] => {
    const field = `config.files.${written}`;
    const parser = parserNames[kind];
    const path = written.replace(/^\.?\/+/, '');
    const normal = path !== '' && !path.split('/').some((part) => part === '' || part === '.' || part === '..');
    if (parser === undefined) note('parser', field, kind);
    else if (!normal) note('file', field, written);
    if (parser === undefined || !normal) return [];
    const settings = Object.entries(find).flatMap(([place, value]): [string, FileEdit['find'][string]][] => {
      const setting = settingOf(value, renamed, patterns, (code, what) => note(code, `${field}.${place}`, what));
      return setting === undefined ? [] : [[place, setting]];
    });
    return settings.length === 0 ? [] : [{ volume: volume.name, path, parser, create, find: Object.fromEntries(settings) }];
  });
}

function settingOf(
  value: unknown,
  renamed: ReadonlyMap<string, string>,
  patterns: Patterns,
  note: (code: NoteCode, value: string) => void,
): FileEdit['find'][string] | undefined {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return filledValue(value, renamed, note);
  if (typeof value !== 'object' || Array.isArray(value)) {
    note('setting', String(value));
    return undefined;
  }
  const conditions = Object.entries(value).flatMap(([now, next]): [string, FileValue][] => {
    if (now.startsWith(patternPrefix) && patterns.kindOf(now.slice(patternPrefix.length)) !== 'usable') {
      note('condition', now);
      return [];
    }
    const setting = settingOf(next, renamed, patterns, note);
    if (setting === undefined) return [];
    if (setting === null || typeof setting !== 'object') return [[now, setting]];
    note('setting', now);
    return [];
  });
  return conditions.length === 0 ? undefined : Object.fromEntries(conditions);
}
