// Leaves out of the page what the wire's shapes say only for the OpenAPI document: a route's summary and a field's description. The
// page holds all of the contract from its first load on, and never shows them.

import type { Plugin } from 'vite';

const text = String.raw`'(?:[^'\\]|\\.)*'`;
const summary = new RegExp(`summary: ${text}`, 'g');
const description = new RegExp(String.raw`\s*\.meta\(\{ description: ${text} \}\)`, 'g');

export function withoutProse(): Plugin {
  return {
    name: 'mainstay:without-prose',
    apply: 'build',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('/packages/wire/src/') ? { code: code.replace(summary, "summary: ''").replace(description, ''), map: null } : null,
  };
}
