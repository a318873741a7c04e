// Templates over HTTP.

import { templateBody } from '@mainstay/wire/templates';
import { z } from 'zod';
import { createFromTemplate } from '../app/server-from-template.ts';
import { createTemplate, getTemplate, listTemplates, removeTemplate, saveTemplate } from '../app/templates.ts';
import { readTemplateText } from '../template-text.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

type Names =
  | 'listTemplates'
  | 'getTemplate'
  | 'createTemplate'
  | 'saveTemplate'
  | 'removeTemplate'
  | 'readTemplate'
  | 'templateSchema'
  | 'createFromTemplate';

export function templateHandlers(world: World): Handlers<Names> {
  const schema = templateSchema();
  return {
    listTemplates: async () => ({ items: await listTemplates(world) }),
    getTemplate: async ({ params, query }) => getTemplate(world, params.templateId, query.version),
    createTemplate: async ({ body }, { caller }) => createTemplate(world, caller.name, body.template),
    saveTemplate: async ({ params, body }, { caller }) => saveTemplate(world, caller.name, params.templateId, body.template, body.version),
    removeTemplate: async ({ params }, { caller }) => {
      await removeTemplate(world, caller.name, params.templateId);
      return undefined;
    },
    readTemplate: async ({ body }) => readTemplateText(body.text),
    templateSchema: async () => schema,
    createFromTemplate: async ({ params, body }, { asker }) => createFromTemplate(world, asker, params.templateId, body),
  };
}

/** The JSON Schema of a template, as editors of YAML use it. */
export function templateSchema(): Record<string, unknown> {
  const { $schema, $defs = {} } = z.toJSONSchema(templateBody, { io: 'input', unrepresentable: 'any' });
  const { TemplateBody: body, ...rest } = $defs;
  const version = { description: 'Of a template that comes with Mainstay; taken from anybody, and not looked at' };
  return {
    $schema,
    title: 'Mainstay template',
    description: 'A server’s description with questions; docs/templates.md explains it.',
    ...body,
    properties: { format: body?.properties?.['format'] ?? {}, version, ...body?.properties },
    ...(Object.keys(rest).length === 0 ? {} : { $defs: rest }),
  };
}
