// The rules, each as a sentence: what is told, of which servers, to which channels, and when not.

import { contract } from '@mainstay/wire/contract';
import type { Rule } from '@mainstay/wire/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { notificationText } from '../messages/notifications.ts';
import { askForNotifications } from '../notification-queries.ts';
import { Button } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { Panel } from '../ui/panel.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';
import { CheckBox } from './check-box.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { type Named, ruleText } from './rule-words.ts';
import { SureDialog } from './sure-dialog.tsx';

const words = notificationText;

export function RulePanel({ rules, named }: { readonly rules: readonly Rule[]; readonly named: Named }) {
  const [adding, setAdding] = useState(false);
  const add = (
    <Button kind={rules.length === 0 ? 'primary' : 'plain'} size={rules.length === 0 ? 'normal' : 'small'} onPress={() => setAdding(true)}>
      {words.addRule}
    </Button>
  );
  return (
    <>
      {rules.length === 0 ? (
        <Face title={words.noRules} next={add}>
          <p>{words.noRulesDetail}</p>
        </Face>
      ) : (
        <Panel title={words.rules} aside={add}>
          <ul className="-my-3 divide-y divide-line">
            {rules.map((rule) => (
              <RuleRow key={rule.id} rule={rule} named={named} />
            ))}
          </ul>
        </Panel>
      )}
      {adding ? <RuleDialog rule={null} named={named} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function RuleRow({ rule, named }: { readonly rule: Rule; readonly named: Named }) {
  const [asking, setAsking] = useState<'change' | 'remove' | null>(null);
  const close = () => setAsking(null);
  const params = { ruleId: rule.id };
  // As it was pressed, until the manager’s answer is here.
  const [wanted, setWanted] = useState<boolean | null>(null);
  const { mutate: turn } = useMutation({
    mutationFn: (enabled: boolean) => call(contract.configureRule, { params, body: { enabled } }),
    onError: (error) => notify({ tone: 'refusal', title: words.notChanged, detail: detailOf(error) }),
    onSettled: async () => {
      await askForNotifications();
      setWanted(null);
    },
  });
  return (
    <li data-rule={rule.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className={`font-[550] wrap-anywhere ${rule.enabled ? '' : 'text-ink-faint'}`}>{rule.name}</p>
        <p className="text-aside text-ink-soft wrap-anywhere">{ruleText(rule, named)}</p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <CheckBox
          label={words.on}
          fullLabel={words.onLabel(rule.name)}
          checked={wanted ?? rule.enabled}
          onChange={(enabled) => {
            setWanted(enabled);
            turn(enabled);
          }}
        />
        <Button size="small" label={words.editLabel(rule.name)} onPress={() => setAsking('change')}>
          {words.edit}
        </Button>
        <Button size="small" kind="danger" label={words.removeLabel(rule.name)} onPress={() => setAsking('remove')}>
          {words.remove}
        </Button>
      </div>
      {asking === 'change' ? <RuleDialog rule={rule} named={named} onClose={close} /> : null}
      {asking === 'remove' ? (
        <SureDialog
          title={words.removeRuleTitle(rule.name)}
          detail={words.removeRuleDetail}
          confirm={words.removeConfirm}
          refused={words.removeRefused}
          onConfirm={() => call(contract.deleteRule, { params })}
          onDone={askForNotifications}
          onClose={close}
        />
      ) : null}
    </li>
  );
}
