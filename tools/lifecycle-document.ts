// docs/lifecycle.md and the diagram in the README, made from the lifecycle's tables: `npm run docs`. A test fails when
// either is stale.

import { join } from 'node:path';
import {
  actions,
  type Intent,
  meanings,
  type OperationKind,
  operationKinds,
  operations,
  permission,
  type State,
  settling,
  sightings,
  states,
} from '../packages/core/src/lifecycle.ts';
import { conclude, type Ending } from '../packages/core/src/settle.ts';

const root = join(import.meta.dirname, '..');
export const documentPath = join(root, 'docs/lifecycle.md');
export const readmePath = join(root, 'README.md');
const begin = '<!-- the lifecycle diagram: made by npm run docs -->';
const end = '<!-- end of the lifecycle diagram -->';

/** The README with the diagram of today's tables in its place. */
export function withDiagram(readme: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error('README.md has lost the place of its diagram.');
  return `${readme.slice(0, from + begin.length)}\n${diagram()}\n${readme.slice(to)}`;
}

/** The states and what leads from one to another, as a Mermaid diagram. */
export function diagram(): string {
  const labels = new Map<string, string[]>();
  const edge = (from: State | '[*]', to: State | '[*]', label: string) => {
    const key = `${from} --> ${to}`;
    if (from !== to) labels.set(key, [...(labels.get(key) ?? []), label]);
  };
  edge('[*]', 'creating', 'create');
  for (const intent of ['running', 'stopped'] as const) edge('creating', concluded('create', 'creating', intent), 'created');
  edge('creating', concluded('create', 'creating', 'running', failing), 'creating failed');
  for (const from of states) {
    for (const action of actions) {
      if (action === 'configure' || action === 'clone' || permission(from, action) !== 'yes') continue;
      edge(from, action === 'purge' ? 'deleting' : concluded(action, from, 'running'), action);
    }
    for (const kind of sightings) {
      const meaning = settling[from][kind];
      if (meaning !== 'keep' && meaning !== 'stray' && meaning !== 'operation') edge(from, meaning, `seen ${kind}`);
    }
  }
  edge('missing', concluded('start', 'missing', 'running', failing), 'recovery failed');
  edge('deleting', concluded('purge', 'deleted', 'stopped'), 'purged');
  return ['```mermaid', 'stateDiagram-v2', ...[...labels].map(([key, names]) => `  ${key}: ${names.join(', ')}`), '```'].join('\n');
}

const failing: Ending = {
  kind: 'failed',
  refusal: false,
  reason: { code: 'operation-failed', operation: 'start', fault: 'internal', detail: '' },
};

/** Where an operation leads, before anything is seen. */
function concluded(kind: OperationKind, from: State, intent: Intent, ending: Ending = { kind: 'succeeded' }): State | '[*]' {
  const conclusion = conclude(kind, from, intent, ending, { kind: 'unknown', why: '' });
  return conclusion.kind === 'forgotten' ? '[*]' : conclusion.state;
}

export function lifecycleDocument(): string {
  return `${[
    '# The lifecycle',
    'Made from the tables in `packages/core/src/lifecycle.ts` by `npm run docs`; a test fails when it is stale. API guards, the page’s buttons and the tests read the same tables.',
    diagram(),
    '## What each state means',
    table(
      ['state', 'means'],
      states.map((state) => [code(state), meanings[state]]),
    ),
    '## What a person can do',
    'Where a cell is empty the answer is a 409 with the reason below it; the page shows the same reason on the disabled button.',
    table(
      ['state', ...actions],
      states.map((state) => [code(state), ...actions.map((action) => (permission(state, action) === 'yes' ? 'yes' : ''))]),
    ),
    ...states.map((state) => `**${state}**: ${refusals(state)}`),
    '## What an observation means',
    'When no operation is open on the server. *Unknown* (engine unreachable, list failed, host away, older than what is known, another engine) changes nothing, ever.',
    table(
      ['state', ...sightings],
      states.map((state) => [code(state), ...sightings.map((kind) => meaningOf(settling[state][kind]))]),
    ),
    '## What an operation makes of it',
    table(
      ['operation', 'state while it is open', 'when it succeeded', 'when it failed', 'intent', 'can be cancelled'],
      operationKinds.map((kind) => {
        const row = operations[kind];
        const failed = typeof row.failed === 'string' ? row.failed : `${row.failed.fromBodiless} if it had no container, else from`;
        return [code(kind), row.during, row.succeeded, failed, row.intent, row.cancel.replaceAll('-', ' ')];
      }),
    ),
    '*from*: the state it found. *intended*: running or stopped, as the intent says. *forgotten*: the record goes. What was seen last has the final word about containers: a start whose process died at once stands as stopped, with its exit code.',
  ].join('\n\n')}\n`;
}

function refusals(state: State): string {
  const byReason = new Map<string, string[]>();
  for (const action of actions) {
    const cell = permission(state, action);
    if (cell !== 'yes') byReason.set(cell.no, [...(byReason.get(cell.no) ?? []), action]);
  }
  return [...byReason].map(([reason, refused]) => `${refused.join(', ')} – ${reason}`).join(' ');
}

function meaningOf(meaning: string): string {
  const words: Record<string, string> = { keep: '–', stray: 'stray: remove it', operation: 'the operation decides' };
  return words[meaning] ?? `→ ${meaning}`;
}

const code = (text: string) => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
