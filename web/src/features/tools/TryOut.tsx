/** A call made by hand: its arguments, what it would do, the word that it may need, and what comes out of it. */
import { Button, Textarea } from '@mantine/core';
import { IconEye, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Tool } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { ArgumentField } from './ArgumentField';
import { type Trial, type Tried, tryTool } from './data';
import { type Draft, draftOf, keepDraft } from './drafts';
import { Outcome } from './Outcome';
import { argumentsOf, fillForm, parseArgs, readForm, readSchema } from './schema.logic';

export function TryOut({ tool }: { tool: Tool }) {
  // It waits for a person, whom only a conversation has.
  if (tool.timeout_secs === undefined) return <Note tone="info">{t.tools.questionOnly}</Note>;
  return <Form tool={tool} />;
}

function Form({ tool }: { tool: Tool }) {
  const fields = argumentsOf(readSchema(tool.schema));
  const [draft, setDraft] = useState<Draft>(() => draftOf(tool.name));
  const [asked, setAsked] = useState(false);
  const change = (next: Draft) => {
    keepDraft(tool.name, next);
    setDraft(next);
  };
  const { run, begin, stop } = useTrial(tool.name);
  const whyNot = useWhyNot('admin');
  const form = readForm(fields, draft.values);
  const json = draft.json === null ? undefined : parseArgs(draft.json);
  const args = json ? ('args' in json ? json.args : undefined) : form.args;
  const right = args !== undefined && (json !== undefined || Object.keys(form.faults).length === 0);
  const start = (mode: Trial['mode']) => {
    setAsked(true);
    if (args && right && whyNot === undefined) begin(args, mode);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!run.isPending) start('run');
  };
  const outcome = useRef<HTMLDivElement>(null);
  const { data } = run;
  useEffect(() => {
    if (data) outcome.current?.scrollIntoView({ block: 'nearest' });
  }, [data]);
  const fromJson = json && 'args' in json ? fillForm(fields, json.args) : undefined;
  return (
    <form className="tool-try" onSubmit={submit} noValidate>
      <p className="tool-none">{t.tools.trySub}</p>
      {fields.length > 0 && (
        <div className="tool-inputs" role="group" aria-label={t.tools.inputs}>
          <button
            type="button"
            className="tool-choice"
            aria-pressed={draft.json === null}
            onClick={() => draft.json !== null && fromJson && change({ values: fromJson, json: null })}
            {...disabledBecause(draft.json !== null && !fromJson ? t.tools.formCannot : undefined)}
          >
            {t.tools.asForm}
          </button>
          <button
            type="button"
            className="tool-choice"
            aria-pressed={draft.json !== null}
            onClick={() =>
              draft.json === null && change({ ...draft, json: JSON.stringify(form.args, null, 2) })
            }
          >
            {t.tools.asJson}
          </button>
        </div>
      )}
      {draft.json === null ? (
        fields.map((field) => (
          <ArgumentField
            key={field.name}
            field={field}
            value={draft.values[field.name]}
            fault={asked ? form.faults[field.name] : undefined}
            onChange={(value) => change({ ...draft, values: { ...draft.values, [field.name]: value } })}
          />
        ))
      ) : (
        <Textarea
          label={t.tools.json}
          className="tool-json"
          autosize
          minRows={6}
          maxRows={20}
          spellCheck={false}
          value={draft.json}
          error={
            json && 'why' in json && (json.why === null ? t.tools.jsonObject : t.tools.jsonWrong(json.why))
          }
          onChange={(event) => change({ ...draft, json: event.currentTarget.value })}
        />
      )}
      <div className="tool-buttons">
        <Button
          type="submit"
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          disabled={run.isPending}
          {...disabledBecause(whyNot)}
        >
          {t.tools.run}
        </Button>
        <Button
          variant="default"
          leftSection={<IconEye size={16} aria-hidden />}
          disabled={run.isPending}
          onClick={() => start('look')}
          {...disabledBecause(whyNot)}
        >
          {t.tools.dryRun}
        </Button>
        {run.isPending && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconPlayerStop size={16} aria-hidden />}
            onClick={stop}
          >
            {t.tools.stop}
          </Button>
        )}
      </div>
      <div className="tool-outcome" ref={outcome} aria-live="polite">
        {run.isPending && <p className="tool-none">{t.tools.running}</p>}
        {run.isError && !isStopped(run.error) && <ErrorNote title={t.tools.tryFailed} error={run.error} />}
        {run.data && (
          <Outcome
            tried={run.data}
            args={run.variables.args}
            onAgree={() => begin(run.variables.args, 'agreed')}
            onLeave={run.reset}
          />
        )}
      </div>
    </form>
  );
}

const isStopped = (error: unknown) => error instanceof DOMException && error.name === 'AbortError';

/** A call ends with whoever made it: leaving the page stops it. */
function useTrial(name: string) {
  const client = useQueryClient();
  const stopper = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);
  const run = useMutation<Tried, Error, Trial>({
    mutationFn: tryTool,
    meta: { saidInPlace: true },
    onSettled: () => client.invalidateQueries({ queryKey: ['get', '/api/tools'] }),
  });
  return {
    run,
    begin: (args: Record<string, unknown>, mode: Trial['mode']) => {
      stopper.current?.abort();
      stopper.current = new AbortController();
      run.mutate({ name, args, mode, signal: stopper.current.signal });
    },
    stop: () => stopper.current?.abort(),
  };
}
