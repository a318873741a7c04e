// One question of a template, by its kind.

import { answerMost, type TemplateVariable } from '@mainstay/core/answers';
import { templateText } from '../messages/templates.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { pointer } from './field-errors.ts';
import { shownDefault, type TemplateDraft } from './template-draft.ts';
import type { DraftForm } from './use-draft.ts';

interface VariableFieldProps {
  readonly variable: TemplateVariable;
  readonly form: DraftForm<unknown, TemplateDraft>;
}

/** Longer texts than this are written on several lines. */
const longText = 120;

export function VariableField({ variable, form }: VariableFieldProps) {
  const { answers } = form.draft;
  const at = pointer('answers', variable.name);
  const typed = answers[variable.name] ?? shownDefault(variable);
  const set = (value: string | boolean) => form.change({ answers: { ...answers, [variable.name]: value } }, at);
  const error = form.errorAt(at);
  const label = variable.required || variable.type === 'boolean' ? variable.label : templateText.fromTemplate.optional(variable.label);
  const hint = variable.hint ?? undefined;

  switch (variable.type) {
    case 'boolean':
      return (
        <Field label={label} labelAside hint={hint} error={error}>
          {({ className: _className, ...attributes }) => (
            <input
              {...attributes}
              type="checkbox"
              checked={typed === true}
              onChange={({ target }) => set(target.checked)}
              className="size-4 flex-none accent-accent"
            />
          )}
        </Field>
      );
    case 'choice':
      return (
        <Field label={label} hint={hint} error={error}>
          {(attributes) => (
            <select {...attributes} value={String(typed)} onChange={({ target }) => set(target.value)}>
              {variable.required && variable.default !== null ? null : <option value="">{templateText.fromTemplate.choose}</option>}
              {variable.options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label ?? option.value}
                </option>
              ))}
            </select>
          )}
        </Field>
      );
    case 'secret':
      return (
        <Field label={label} hint={hint} error={error}>
          {(attributes) => (
            <div className="flex gap-2">
              <input
                {...attributes}
                type="password"
                autoComplete="new-password"
                value={String(typed)}
                onChange={({ target }) => set(target.value)}
              />
              <Button label={templateText.fromTemplate.generateFor(variable.label)} onPress={() => set(generated())}>
                {templateText.fromTemplate.generate}
              </Button>
            </div>
          )}
        </Field>
      );
    default: {
      const isLong = variable.type === 'text' && (typeof typed === 'string' ? typed : '').length > longText;
      return (
        <Field label={label} hint={hint} error={error}>
          {(attributes) =>
            isLong ? (
              <textarea
                {...attributes}
                rows={3}
                maxLength={answerMost}
                value={String(typed)}
                spellCheck={false}
                onChange={({ target }) => set(target.value)}
              />
            ) : (
              <input
                {...attributes}
                value={String(typed)}
                inputMode={variable.type === 'number' ? 'decimal' : undefined}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                onChange={({ target }) => set(target.value)}
              />
            )
          }
        </Field>
      );
    }
  }
}

/** A secret that nobody has to think up: 18 random bytes, in letters and digits that every program takes. */
function generated(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => letters[byte % letters.length]).join('');
}
