/** What: the agent is asked, a command runs, a tool is used, or a request is sent. */
import { Input, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { t } from '@/i18n';
import { FilterChip, FilterChips } from '@/ui/FilterChip';
import { useSessions, useTools } from './data';
import { type Draft, KINDS } from './draft.logic';
import { ICONS } from './words';

interface WhatFieldsProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  wrong: (field: keyof Draft) => string | undefined;
}

export function WhatFields(props: WhatFieldsProps) {
  const { draft, set } = props;
  return (
    <div className="what">
      <fieldset className="cron-chips" aria-label={t.cron.what}>
        {KINDS.map((kind) => {
          const Icon = ICONS[kind];
          return (
            <button
              key={kind}
              type="button"
              className="cron-chip"
              aria-pressed={draft.kind === kind}
              onClick={() => set({ kind })}
            >
              <Icon size={16} stroke={1.7} aria-hidden />
              {t.cron.kinds[kind]}
            </button>
          );
        })}
      </fieldset>
      {draft.kind === 'agent' && <AgentFields {...props} />}
      {draft.kind === 'shell' && (
        <Textarea
          label={t.cron.command}
          description={t.cron.commandHint}
          autosize
          minRows={2}
          maxRows={10}
          classNames={{ input: 'mono' }}
          value={draft.command}
          error={props.wrong('command')}
          onChange={(event) => set({ command: event.currentTarget.value })}
        />
      )}
      {draft.kind === 'tool' && <ToolFields {...props} />}
      {draft.kind === 'webhook' && <HookFields {...props} />}
    </div>
  );
}

/** The conversations to choose from, with one that is chosen already and is not among them. */
export function useSessionChoices(chosen: string, none: string) {
  const sessions = useSessions().data?.sessions ?? [];
  const known = sessions.map(({ id, title }) => ({ value: id, label: title || id }));
  if (chosen && !known.some(({ value }) => value === chosen)) known.unshift({ value: chosen, label: chosen });
  return [{ value: '', label: none }, ...known];
}

function AgentFields({ draft, set, wrong }: WhatFieldsProps) {
  const tools = useTools();
  const sessions = useSessionChoices(draft.session, t.cron.ownSession);
  const names = tools.data?.tools.map(({ name }) => name) ?? [];
  const toggled = (name: string) =>
    draft.tools.includes(name) ? draft.tools.filter((one) => one !== name) : [...draft.tools, name];
  return (
    <>
      <Textarea
        label={t.cron.prompt}
        autosize
        minRows={3}
        maxRows={12}
        placeholder={t.cron.promptHint}
        value={draft.prompt}
        error={wrong('prompt')}
        onChange={(event) => set({ prompt: event.currentTarget.value })}
      />
      <div className="cron-pair">
        <NativeSelect
          label={t.cron.session}
          data={sessions}
          value={draft.session}
          error={wrong('session')}
          onChange={(event) => set({ session: event.currentTarget.value })}
        />
        <TextInput
          label={t.cron.model}
          placeholder={t.cron.modelHint}
          maxLength={200}
          value={draft.model}
          error={wrong('model')}
          onChange={(event) => set({ model: event.currentTarget.value })}
        />
      </div>
      <Input.Wrapper
        label={t.cron.onlyTools}
        description={draft.tools.length === 0 ? t.cron.allTools : undefined}
        error={wrong('tools')}
        labelElement="div"
      >
        <FilterChips label={t.cron.onlyTools}>
          {[...new Set([...names, ...draft.tools])].map((name) => (
            <FilterChip
              key={name}
              on={draft.tools.includes(name)}
              onClick={() => set({ tools: toggled(name) })}
            >
              {name}
            </FilterChip>
          ))}
        </FilterChips>
      </Input.Wrapper>
    </>
  );
}

function ToolFields({ draft, set, wrong }: WhatFieldsProps) {
  const names = useTools().data?.tools.map(({ name }) => name) ?? [];
  const data = [
    { value: '', label: t.cron.chooseTool },
    ...new Set([...names, ...(draft.tool ? [draft.tool] : [])]),
  ];
  return (
    <>
      <NativeSelect
        label={t.cron.tool}
        data={data}
        value={draft.tool}
        error={wrong('tool')}
        onChange={(event) => set({ tool: event.currentTarget.value })}
      />
      <Textarea
        label={t.cron.args}
        autosize
        minRows={2}
        maxRows={12}
        classNames={{ input: 'mono' }}
        value={draft.args}
        error={wrong('args')}
        onChange={(event) => set({ args: event.currentTarget.value })}
      />
    </>
  );
}

function HookFields({ draft, set, wrong }: WhatFieldsProps) {
  return (
    <>
      <TextInput
        label={t.cron.url}
        description={t.cron.urlHint}
        type="url"
        placeholder="https://example.org/hook"
        maxLength={2048}
        value={draft.url}
        error={wrong('url')}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <Textarea
        label={t.cron.body}
        description={t.cron.bodyHint}
        autosize
        minRows={2}
        maxRows={12}
        classNames={{ input: 'mono' }}
        value={draft.body}
        error={wrong('body')}
        onChange={(event) => set({ body: event.currentTarget.value })}
      />
    </>
  );
}
