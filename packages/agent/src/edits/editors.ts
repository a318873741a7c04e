// Every form of file with what edits it.

import type { FileParser } from '@mainstay/core/server';
import { messageOf } from '../durable.ts';
import { type Editor, EditTrouble } from './edit.ts';
import { editLines } from './lines.ts';
import { editIni, editProperties } from './pairs.ts';
import { editJson, editToml, editYaml } from './tree.ts';
import { editXml } from './xml.ts';

/** Whatever a library throws at a text, it is the text that cannot be edited. */
const told =
  (edit: Editor): Editor =>
  (text, settings) => {
    try {
      return edit(text, settings);
    } catch (error) {
      throw error instanceof EditTrouble ? error : new EditTrouble(messageOf(error).split('\n')[0], { cause: error });
    }
  };

/** `fromNothing`: whether a file that is not there can be begun. */
export const editors = {
  file:       { edit: told(editLines),      fromNothing: false },
  properties: { edit: told(editProperties), fromNothing: true },
  json:       { edit: told(editJson),       fromNothing: false },
  ini:        { edit: told(editIni),        fromNothing: true },
  yaml:       { edit: told(editYaml),       fromNothing: true },
  xml:        { edit: told(editXml),        fromNothing: true },
  toml:       { edit: told(editToml),       fromNothing: true },
} as const satisfies Record<FileParser, { readonly edit: Editor; readonly fromNothing: boolean }>;
