// `xml`: the text of elements, by their names from the root down, joined by dots; `*` is every element there. A value
// written `[name='…']` sets an attribute instead. Comments, order and white space stay.

import { DOMParser, type Document, type Element, MIME_TYPE, XMLSerializer } from '@xmldom/xmldom';
import { type Editor, EditTrouble, nextValue, textOf } from './edit.ts';

const attributeShape = /^\[(\w+)='(.*)'\]$/;
const nameShape = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

export const editXml: Editor = (text, settings) => {
  const places = Object.entries(settings).map(([place, setting]) => ({ names: place.split('.'), setting }));
  const root = places[0]?.names[0];
  if (root === undefined) return text;
  const document = parsed(text.trim() === '' ? `<?xml version="1.0" encoding="utf-8"?>\n<${named(root)}/>\n` : text);
  const written = () => new XMLSerializer().serializeToString(document);
  const before = written();
  for (const { names, setting } of places) {
    for (const element of elementsAt(document, names)) {
      const [, attribute, value] = typeof setting === 'string' ? (attributeShape.exec(setting) ?? []) : [];
      if (attribute !== undefined) element.setAttribute(attribute, value ?? '');
      else {
        const next = nextValue(setting, element.textContent);
        if (next !== undefined && textOf(next) !== element.textContent) element.textContent = textOf(next);
      }
    }
  }
  const after = written();
  return after === before ? text : after;
};

function parsed(text: string): Document {
  try {
    const onError = (level: 'warning' | 'error' | 'fatalError', message: string) => {
      if (level !== 'warning') throw new EditTrouble(message.split('\n')[0]);
    };
    return new DOMParser({ onError }).parseFromString(text, MIME_TYPE.XML_TEXT);
  } catch (error) {
    throw new EditTrouble(`it is not XML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

function named(name: string): string {
  if (!nameShape.test(name)) throw new EditTrouble(`“${name}” is not the name of an element`);
  return name;
}

/** The elements at a place; those that are missing are made, where no `*` leaves open which. */
function elementsAt(document: Document, [root, ...names]: readonly string[]): Element[] {
  const top = document.documentElement;
  if (!top || (root !== '*' && top.tagName !== root)) return [];
  const makes = !names.includes('*');
  return names.reduce(
    (elements: Element[], name) =>
      elements.flatMap((element): Element[] => {
        const found = childrenOf(element).filter((child) => name === '*' || child.tagName === name);
        if (found.length > 0 || !makes) return found;
        const made = document.createElement(named(name));
        element.appendChild(made);
        return [made];
      }),
    [top],
  );
}

const childrenOf = (element: Element): Element[] => Array.from(element.childNodes).filter((node): node is Element => node.nodeType === 1);
