// `npm run docs`: writes the documents that are made from the code, and the tables of what was measured last.

import { readFileSync, writeFileSync } from 'node:fs';
import { readResults } from '../bench/harness/results.ts';
import { documentPath, lifecycleDocument, readmePath, withDiagram } from './lifecycle-document.ts';
import { performancePath, withResults } from './performance-document.ts';

writeFileSync(documentPath, lifecycleDocument());
writeFileSync(readmePath, withDiagram(readFileSync(readmePath, 'utf8')));
writeFileSync(performancePath, await withResults(readResults()));
