// What saving a server's settings changes, before and after. A variable is named and its value never told.

import { type RecordField, takesRebuild } from '@mainstay/core/drift';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { Facts } from '../ui/panel.tsx';
import type { ConfigureBody } from './draft.ts';
import { envWords, recordWords } from './record-words.ts';

export interface SettingsChangesProps {
  /** The record that the changes are measured against. */
  readonly server: Server;
  readonly fields: readonly RecordField[];
  /** What would be sent. */
  readonly body: ConfigureBody;
}

export function SettingsChanges({ server, fields, body }: SettingsChangesProps) {
  const facts = fields.map((field) => ({ term: text.fields[field], value: changeText(field, server, body) }));
  return (
    <section aria-label={text.settings.willChange} className="rounded-control border border-line bg-page px-4 py-3">
      <h3 className="mb-2 text-aside font-[600]">{text.settings.willChange}</h3>
      <Facts facts={facts} />
      {fields.some(takesRebuild) ? <p className="mt-2 text-aside text-ink-soft">{text.settings.takesRebuild}</p> : null}
    </section>
  );
}

function changeText(field: RecordField, server: Server, body: ConfigureBody): string {
  if (field === 'env') return envWords(server.env, body.env ?? {}).join(', ');
  const words = recordWords[field] as (value: unknown) => string;
  return text.settings.from(words(server[field]), words(body[field]));
}
