// `npm run docs`: writes the documents that are made from the code.

import { readFileSync, writeFileSync } from 'node:fs';
import { documentPath, lifecycleDocument, readmePath, withDiagram } from './lifecycle-document.ts';

writeFileSync(documentPath, lifecycleDocument());
writeFileSync(readmePath, withDiagram(readFileSync(readmePath, 'utf8')));
