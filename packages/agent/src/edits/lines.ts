// `file`: a line that begins with a key is replaced by its value, whole. Lines that no key begins stay as they are, and
// nothing is added. Of several keys that begin a line, the longest counts.

import { cutLine, type Editor, isCondition, linesOf, textOf } from './edit.ts';

export const editLines: Editor = (text, settings) => {
  const keys = Object.keys(settings).sort((a, b) => b.length - a.length);
  return linesOf(text)
    .map((line) => {
      const [content, end] = cutLine(line);
      const key = keys.find((each) => content.startsWith(each));
      const setting = key === undefined ? undefined : settings[key];
      if (setting === undefined) return line;
      if (!isCondition(setting)) return textOf(setting) + end;
      const met = Object.entries(setting).find(([condition]) => content.includes(condition));
      return met ? textOf(met[1]) + end : line;
    })
    .join('');
};
