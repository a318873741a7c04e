// A server's settings, every field of its record, and the danger zone below them.

import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { useServer } from '../parts/current-server.ts';
import { DangerZone } from '../parts/danger-zone.tsx';
import { SettingsForm } from '../parts/settings-form.tsx';
import { SaveAsTemplate } from '../parts/template-line.tsx';
import { Panel } from '../ui/panel.tsx';

export function ServerSettingsPage() {
  const server = useServer();
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Panel title={text.settings.title}>
        <SettingsForm key={server.id} server={server} />
      </Panel>
      <Panel title={templateText.template}>
        <SaveAsTemplate server={server} />
      </Panel>
      <Panel title={text.server.danger} tone="danger">
        <DangerZone server={server} />
      </Panel>
    </div>
  );
}
