// Templates as they cross a boundary: what one says, as JSON here and as YAML where people read and write it. The shape that
// is published as a JSON Schema is this one.

import { answerMost } from '@mainstay/core/answers';
import { noteCodes } from '@mainstay/core/egg-notes';
import { restartPolicies } from '@mainstay/core/server';
import { portRoles, queryKinds, templateFaults, templateProtocols } from '@mainstay/core/template';
import { z } from 'zod';
import { agentId, oneLine, time } from './common.ts';
import {
  conductShape,
  consoleSettings,
  cpus,
  envName,
  label,
  memoryMb,
  noNul,
  portNumber,
  sandboxByDefault,
  stop,
  volume,
} from './record.ts';
import { command, envText, serverName } from './servers.ts';

const prose = (most: number) => z.string().max(most).regex(noNul, 'No NUL character is possible here.');

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'Use letters, digits and underscores; begin with no digit.')
  .meta({ description: 'Also what stands for it in the description: {{NAME}}' });
const asked = {
  name: variableName,
  label: oneLine(120).min(1, 'What is asked?'),
  hint: prose(1000).nullable().default(null),
  required: z.boolean().default(false),
  advanced: z.boolean().default(false).meta({ description: 'Few need to change it: it is asked for out of the way' }),
};
const count = z.int('A whole number.').min(0).max(answerMost);
const lengths = {
  minLength: count.nullable().default(null),
  maxLength: count.nullable().default(null),
  pattern: z
    .string()
    .max(1000)
    .nullable()
    .default(null)
    .meta({ description: 'RE2; must match a part of the text, ^ and $ make that the whole' }),
  ignoreCase: z.boolean().default(false),
};
const bound = z.number('A number.').nullable().default(null);
const option = z.strictObject({ value: prose(answerMost), label: oneLine(120).nullable().default(null) });

export const templateVariable = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), ...asked, default: prose(answerMost).nullable().default(null), ...lengths }),
  z.strictObject({ type: z.literal('secret'), ...asked, ...lengths }).meta({ description: 'Sealed once it is answered' }),
  z.strictObject({
    type: z.literal('number'),
    ...asked,
    default: z.number('A number.').nullable().default(null),
    min: bound,
    max: bound,
    integer: z.boolean().default(true),
  }),
  z.strictObject({
    type: z.literal('boolean'),
    ...asked,
    default: z.boolean().nullable().default(null),
    on: oneLine(200).default('true').meta({ description: 'What stands for yes' }),
    off: oneLine(200).default('false').meta({ description: 'What stands for no' }),
  }),
  z.strictObject({
    type: z.literal('choice'),
    ...asked,
    default: prose(answerMost).nullable().default(null),
    options: z.array(option).min(1, 'At least one option.').max(200),
  }),
]);

const templatePort = z.strictObject({
  name: label,
  role: z.enum(portRoles).default('other'),
  protocol: z.enum(templateProtocols).meta({ description: 'tcp+udp: both, on one number' }),
  containerPort: z
    .union([portNumber, z.literal('host')])
    .meta({ description: 'host: whatever it is on the host, for programs that tell the world their own number' }),
});

const orPlaceholder = <T extends z.ZodType>(number: T) =>
  z
    .union([number, oneLine(80), z.null()])
    .default(null)
    .meta({ description: 'A number, or {{NAME}} of a variable that is one' });

export const templateServer = z.strictObject({
  image: oneLine(400).min(1, 'Name an image.').meta({ description: 'May hold {{NAME}}' }),
  env: z
    .record(envName, envText)
    .refine((all) => Object.keys(all).length <= 256, 'At most 256 variables.')
    .default({})
    .meta({ description: 'Values may hold {{NAME}}, {{server.id}}, {{server.name}}, {{server.memory}} and {{server.port.PORT}}' }),
  command: command.nullable().default(null).meta({ description: 'Its parts may hold what values of env may' }),
  ports: z.array(templatePort).max(64).default([]),
  volumes: z.array(volume).max(32).default([]),
  limits: z.strictObject({ memoryMb: orPlaceholder(memoryMb), cpus: orPlaceholder(cpus) }).default({ memoryMb: null, cpus: null }),
  stop: stop.default({ signal: null, graceSeconds: 30 }),
  restart: z.enum(restartPolicies).default('unless-stopped'),
  sandbox: sandboxByDefault,
  console: consoleSettings.default({ via: 'stdin', stopCommand: null }),
  ...conductShape,
  query: z
    .strictObject({ kind: z.enum(queryKinds), port: label.meta({ description: 'The name of a port' }) })
    .nullable()
    .default(null)
    .meta({ description: 'How players can be asked for' }),
});

/** What makes a text a template of ours. */
export const templateFormat = 'mainstay-template/1';

export const templateBody = z
  .strictObject({
    format: z.literal(templateFormat).default(templateFormat),
    name: oneLine(80).min(1, 'It needs a name.'),
    description: prose(4000).default(''),
    experimental: z.boolean().default(false).meta({ description: 'Not everything in it was seen to work' }),
    variables: z.array(templateVariable).max(300).default([]),
    server: templateServer,
  })
  .superRefine((template, context) => {
    for (const { path, message } of templateFaults(template)) context.addIssue({ code: 'custom', path: [...path], message });
  })
  .meta({ id: 'TemplateBody' });

/** A built-in template's own word, or the id of one that somebody made. */
export const templateId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])$/, 'Not the id of a template.');
export const templateParams = z.object({ templateId });

const version = z.int().min(1);

export const templateHead = z.object({
  id: templateId,
  name: z.string(),
  description: z.string(),
  image: z.string(),
  builtIn: z.boolean().meta({ description: 'Comes with Mainstay, and changes with it only' }),
  experimental: z.boolean(),
  broken: z.boolean().meta({ description: 'This Mainstay cannot read it, and makes nothing of it: why is its description' }),
  version: version.meta({ description: 'The newest' }),
  savedAt: time.nullable(),
  savedBy: z.string().nullable(),
});
export const templateList = z.object({ items: z.array(templateHead.meta({ id: 'TemplateHead' })) });

export const template = templateHead
  .extend({
    version: version.meta({ description: 'This one' }),
    newest: version,
    versions: z
      .array(z.object({ version, savedAt: time, savedBy: z.string() }))
      .meta({ description: 'Newest first; none of a built-in one' }),
    template: templateBody,
    yaml: z.string().meta({ description: 'The same, as it is exported' }),
  })
  .meta({ id: 'Template' });

export const templateQuery = z.strictObject({
  version: z.coerce.number().int().min(1).optional().meta({ description: 'Left out: the newest' }),
});

export const createTemplate = z.strictObject({ template: templateBody });
/** A template that is edited: the version that the editing began from is the newest, or somebody was faster. */
export const saveTemplate = z.strictObject({ template: templateBody, version });

/** The largest text of a template or an egg that is read. Eggs carry their icon along. */
export const templateTextMost = 200_000;
export const readTemplate = z.strictObject({
  text: z.string().min(1, 'There is nothing in it.').max(templateTextMost, 'It is too large for a template.'),
});

/** What of an egg has no counterpart here. */
export const note = z.object({
  code: z.enum(noteCodes),
  field: z.string().meta({ description: 'Where it stands in the egg' }),
  value: z.string(),
  detail: z.string().meta({ description: 'The same as a sentence' }),
});

/** What a text comes to, before anybody saves it. */
export const readAnswer = z.object({
  format: z.enum(['mainstay', 'egg']),
  template: templateBody,
  yaml: z.string(),
  notes: z.array(note).meta({ description: 'What is not carried over' }),
});

/** `GET /api/servers/:serverId/template` */
export const serverTemplate = z.object({ template: templateBody, yaml: z.string() });

const answer = z.union([z.string().max(answerMost, `At most ${answerMost} characters.`), z.number(), z.boolean(), z.null()]);

/** `POST /api/templates/:templateId/servers` */
export const createFromTemplate = z.strictObject({
  name: serverName,
  agentId: agentId.optional().meta({ description: 'May be left out when there is one host' }),
  version: version.optional().meta({ description: 'Left out: the newest' }),
  answers: z.record(variableName, answer).default({}).meta({ description: 'By variable; what is left out has its default' }),
  ports: z.record(label, portNumber).default({}).meta({ description: 'Host ports by port; what is left out is a free one' }),
  start: z.boolean().default(true),
});

export type TemplateBody = z.output<typeof templateBody>;
export type TemplateBodyInput = z.input<typeof templateBody>;
export type TemplateHead = z.output<typeof templateHead>;
export type TemplateShown = z.output<typeof template>;
export type TemplateNote = z.output<typeof note>;
export type ReadAnswer = z.output<typeof readAnswer>;
export type CreateFromTemplate = z.output<typeof createFromTemplate>;
