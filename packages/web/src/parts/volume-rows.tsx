// The volumes of a server's description.

import { text } from '../messages.ts';
import { type Draft, rowKey } from './draft.ts';
import { pointer } from './field-errors.ts';
import { Cell, changed, type Form, pairGrid, RemoveRow, Rows, removed } from './field-rows.tsx';

export function VolumeRows({ form }: { readonly form: Form }) {
  const { volumes } = form.draft;
  const set = (next: Draft['volumes'], at?: string) => form.change({ volumes: next }, at);
  return (
    <Rows
      title={text.form.volumes}
      heads={[text.form.volumeName, text.form.containerPath]}
      grid={pairGrid}
      hint={text.form.volumesHint}
      error={form.errorAt(pointer('volumes'))}
      add={text.form.addVolume}
      onAdd={() => set([...volumes, { key: rowKey(), name: '', containerPath: '' }])}
    >
      {volumes.map((volume, at) => (
        <div key={volume.key} className={pairGrid}>
          <Cell
            form={form}
            at={pointer('volumes', at, 'name')}
            context={text.form.ofRow(text.form.volume, at + 1)}
            label={text.form.volumeName}
            value={volume.name}
            onChange={(name) => set(changed(volumes, { ...volume, name }), pointer('volumes', at, 'name'))}
          />
          <Cell
            form={form}
            at={pointer('volumes', at, 'containerPath')}
            context={text.form.ofRow(text.form.volume, at + 1)}
            label={text.form.containerPath}
            value={volume.containerPath}
            mono
            onChange={(containerPath) => set(changed(volumes, { ...volume, containerPath }), pointer('volumes', at, 'containerPath'))}
          />
          <RemoveRow what={volume.name || text.form.nth(text.form.volume, at + 1)} onPress={() => set(removed(volumes, volume))} />
        </div>
      ))}
    </Rows>
  );
}
