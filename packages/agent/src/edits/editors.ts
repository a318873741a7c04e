// Every form of file with what edits it.

import type { FileParser } from '@mainstay/core/server';
import type { Editor } from './edit.ts';
import { editLines } from './lines.ts';
import { editIni, editProperties } from './pairs.ts';
import { editJson, editToml, editYaml } from './tree.ts';
import { editXml } from './xml.ts';

/** `fromNothing`: whether a file that is not there can be begun. */
export const editors = {
  file:       { edit: editLines,      fromNothing: false },
  properties: { edit: editProperties, fromNothing: true },
  json:       { edit: editJson,       fromNothing: false },
  ini:        { edit: editIni,        fromNothing: true },
  yaml:       { edit: editYaml,       fromNothing: true },
  xml:        { edit: editXml,        fromNothing: true },
  toml:       { edit: editToml,       fromNothing: true },
} as const satisfies Record<FileParser, { readonly edit: Editor; readonly fromNothing: boolean }>;
