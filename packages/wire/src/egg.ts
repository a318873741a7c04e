// Eggs as they are exported: PTDL_v1, PTDL_v2 and PLCN_v1 to v3, whose fields differ in name and in how often a thing is
// written as JSON inside a text. Read into one form; what that means here is the core's business.

import type { Egg } from '@mainstay/core/egg';
import { splitRules } from '@mainstay/core/egg-rules';
import { z } from 'zod';

export const eggVersions = ['PTDL_v1', 'PTDL_v2', 'PLCN_v1', 'PLCN_v2', 'PLCN_v3'] as const;

const text = z.union([z.string(), z.number(), z.boolean(), z.null()]).optional();
const asText = (value: z.output<typeof text>): string =>
  value === undefined || value === null ? '' : typeof value === 'boolean' ? (value ? '1' : '0') : String(value);
const isYes = (value: unknown): boolean => value === true || value === 1 || value === '1' || value === undefined || value === null;

/** An object, or one written as JSON in a text; nothing is an empty one. */
const record = z
  .unknown()
  .optional()
  .transform((value, context): Record<string, unknown> => {
    const read = typeof value === 'string' ? (value.trim() === '' ? {} : parsedJson(value)) : (value ?? {});
    // PHP writes an empty object as an empty list.
    if (Array.isArray(read) && read.length === 0) return {};
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
    context.addIssue({ code: 'custom', message: 'Neither an object nor JSON of one.' });
    return z.NEVER;
  });

function parsedJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

const texts = z
  .union([z.array(text), z.record(z.string(), text), z.null()])
  .optional()
  .transform((value) =>
    Object.values(value ?? {})
      .map(asText)
      .filter((each) => each !== ''),
  );

/** YAML reads `in: 1,2` that nobody has quoted as an object. */
const rule = z
  .union([text, z.record(z.string(), text)])
  .transform((written) =>
    typeof written === 'object' && written !== null
      ? Object.entries(written).map(([word, args]) => `${word}:${asText(args)}`)
      : [asText(written)],
  );

const variable = z.looseObject({
  name: text,
  description: text,
  env_variable: z.string(),
  default_value: text,
  user_viewable: z.unknown().optional(),
  user_editable: z.unknown().optional(),
  rules: z.union([z.string(), z.array(rule), z.record(z.string(), rule), z.null()]).optional(),
});

/** What an egg of a known version may have, by where it is; `*` stands for every entry. What says nothing of the server is named, too. */
const knownFields: Readonly<Record<string, readonly string[]>> = {
  '': [
    '_comment',
    'meta',
    'exported_at',
    'uuid',
    'icon',
    'tags',
    'nest_id',
    'name',
    'author',
    'description',
    'features',
    'file_denylist',
  ].concat(['image', 'images', 'docker_images', 'startup', 'startup_commands', 'config', 'scripts', 'variables']),
  meta: ['version', 'update_url'],
  config: ['files', 'startup', 'logs', 'stop'],
  'config.files.*': ['parser', 'find', 'create_file'],
  'config.startup': ['done', 'userInteraction', 'user_interaction'],
  'config.logs': ['custom', 'location'],
  scripts: ['installation'],
  'scripts.installation': ['script', 'container', 'entrypoint'],
  'variables.*': ['name', 'description', 'env_variable', 'default_value', 'user_viewable', 'user_editable', 'rules', 'field_type', 'sort'],
};

/** The fields that no table names, each with its place. */
function unknownFields(value: unknown, place = '', shape = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const known = Array.isArray(value) ? undefined : knownFields[shape];
  return Object.entries(value).flatMap(([key, child]): string[] => {
    const at = place === '' ? key : `${place}.${key}`;
    if (known && !known.includes(key)) return [at];
    const own = shape === '' ? key : `${shape}.${key}`;
    const below = Object.keys(knownFields).some((each) => each === own || each.startsWith(`${own}.`)) ? own : `${shape}.*`;
    return below in knownFields || below === own ? unknownFields(child, at, below) : [];
  });
}

const file = z.looseObject({ parser: text, find: record, create_file: z.boolean().optional() });

/** By their paths. */
const files = record.transform((read, context) =>
  Object.fromEntries(
    Object.entries(read).flatMap(([path, written]) => {
      const parsed = file.safeParse(written);
      if (parsed.success) return [[path, parsed.data]];
      context.addIssue({ code: 'custom', path: [path], message: `“${path}” needs a parser, and an object of what is set as find.` });
      return [];
    }),
  ),
);

const eggShape = z.looseObject({
  meta: z.looseObject({ version: z.enum(eggVersions), update_url: text }),
  name: z.string(),
  author: text,
  description: text,
  features: texts,
  file_denylist: texts,
  images: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
  image: text,
  docker_images: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
  startup: text,
  startup_commands: z.record(z.string(), z.string()).optional(),
  config: z.looseObject({ files, startup: record, logs: record, stop: text }),
  scripts: z.looseObject({ installation: z.looseObject({ script: text, container: text, entrypoint: text }) }).optional(),
  variables: z.array(variable).nullable().optional(),
});

/** Whether an object means to be an egg. */
export function looksLikeEgg(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'meta' in value && ('config' in value || 'startup' in value);
}

function rulesOf(rules: z.output<typeof variable>['rules']): string[] {
  if (typeof rules === 'string') return splitRules(rules);
  return Object.values(rules ?? {})
    .flat()
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

export const egg = eggShape.transform((read): Egg => {
  const { meta, config, scripts, variables } = read;
  const installation = scripts?.installation;
  const script = asText(installation?.script);
  const done = config.startup['done'];
  const interaction = config.startup['userInteraction'] ?? config.startup['user_interaction'];
  // Where there are several images, `image` is a picture.
  const images = read.docker_images ?? read.images ?? (asText(read.image) === '' ? [] : [asText(read.image)]);
  return {
    name: read.name,
    description: asText(read.description),
    author: asText(read.author),
    updateUrl: asText(meta.update_url),
    images: Object.entries(images).map(([key, reference]) => ({
      label: Array.isArray(images) ? reference : key,
      reference: reference.replace(/^~/, '').trim(),
    })),
    startups: read.startup_commands
      ? Object.entries(read.startup_commands).map(([label, command]) => ({ label, command }))
      : [{ label: 'Startup', command: asText(read.startup) }],
    files: Object.fromEntries(
      Object.entries(config.files).map(([path, { parser, find, create_file: create = true }]) => [
        path,
        { parser: asText(parser), find, create },
      ]),
    ),
    done: (Array.isArray(done) ? done : [done]).filter((line): line is string => typeof line === 'string'),
    logs:
      Object.keys(config.logs).length === 0 || config.logs['custom'] === false ? '' : asText(config.logs['location'] as string | undefined),
    userInteraction: Array.isArray(interaction) ? interaction.filter((line): line is string => typeof line === 'string') : [],
    stop: asText(config.stop).trim(),
    install:
      script.trim() === ''
        ? null
        : { script, container: asText(installation?.container).trim(), entrypoint: asText(installation?.entrypoint).trim() || 'bash' },
    variables: (variables ?? []).map((each) => ({
      name: asText(each.name),
      description: asText(each.description),
      env: each.env_variable,
      default: asText(each.default_value),
      viewable: isYes(each.user_viewable),
      editable: isYes(each.user_editable),
      rules: rulesOf(each.rules),
    })),
    features: read.features,
    denied: read.file_denylist,
    unknown: unknownFields(read),
  };
});
