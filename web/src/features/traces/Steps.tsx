/**
 * The waterfall: a row per step, to be read as a table and walked through with the arrows. Bars and ticks are
 * decoration; each row says the same in words.
 */
import { Switch } from '@mantine/core';
import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { Panel } from '@/ui/Panel';
import { StatusDot } from '@/ui/StatusDot';
import { KindIcon } from './KindIcon';
import { type Axis, axisOf, barOf, nextRow, type Row, type Stretch, type Waterfall } from './waterfall.logic';
import { spanName, statusTone } from './words';

export interface StepsProps {
  waterfall: Waterfall;
  /** What could be cut out of the axis. */
  waits: readonly Stretch[];
  cut: boolean;
  onCut: (on: boolean) => void;
  chosen: number | undefined;
  onChoose: (step: number | undefined) => void;
}

const LEGEND = ['thinking', 'answering', 'tool', 'wait'] as const;

export function Steps({ waterfall, waits, cut, onCut, chosen, onChoose }: StepsProps) {
  const { rows, total } = waterfall;
  const axis = axisOf(total, cut ? waits : []);
  const grid = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<number>();
  const shown = (id: number | undefined) => rows.some(({ span }) => span.id === id);
  // One row is reached by Tab: where one was last, what is chosen, or the first.
  const stop = shown(focused) ? focused : shown(chosen) ? chosen : rows[0]?.span.id;
  const choose = (id: number) => onChoose(id === chosen ? undefined : id);

  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const row = rows[at];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') choose(row.span.id);
    else if (event.key === 'Escape' && chosen !== undefined) onChoose(undefined);
    else {
      const next = nextRow(rows, at, event.key);
      if (next === undefined) return;
      grid.current?.querySelectorAll<HTMLElement>('[data-step]')[next]?.focus();
    }
    event.preventDefault();
  };

  return (
    <Panel
      title={t.traces.waterfall}
      sub={t.traces.steps(rows.length)}
      className="steps-panel"
      actions={
        waits.length > 0 && (
          <Switch
            label={t.traces.cutWaits}
            checked={cut}
            onChange={(event) => onCut(event.currentTarget.checked)}
          />
        )
      }
    >
      {rows.length === 0 ? (
        <p className="dimmed">{t.traces.noSteps}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: its rows are walked through and chosen
        <table className="steps" role="treegrid" aria-label={t.traces.waterfall} ref={grid}>
          <thead className="steps-head">
            <tr className="steps-row">
              <th scope="col">{t.traces.columnStep}</th>
              <th scope="col" className="steps-axis">
                <span className="offscreen">{t.traces.columnTime}</span>
                {axis.ticks.map(({ at, ms, after }) => (
                  <span key={ms} className="steps-tick num" style={place(at)} aria-hidden>
                    {ms === 0 ? '0' : after === undefined ? milliseconds(ms) : `+${milliseconds(after)}`}
                  </span>
                ))}
              </th>
              <th scope="col" className="steps-took">
                {t.traces.columnTook}
              </th>
              <th scope="col">{t.traces.columnStatus}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <Step
                key={row.span.id}
                row={row}
                axis={axis}
                hasParts={rows[at + 1]?.parent === row.span.id}
                chosen={row.span.id === chosen}
                reached={row.span.id === stop}
                onFocus={() => setFocused(row.span.id)}
                onChoose={() => choose(row.span.id)}
                onKeyDown={(event) => onKeyDown(event, at)}
              />
            ))}
          </tbody>
        </table>
      )}
      <div className="steps-foot">
        <ul className="steps-legend">
          {LEGEND.map((one) => (
            <li key={one}>
              <span className="trace-key" data-look={one} aria-hidden />
              {t.traces.legend[one]}
            </li>
          ))}
        </ul>
        {axis.cuts.length > 0 && (
          <span className="steps-cut-words">
            {axis.cuts.map(({ hidden }) => t.traces.cutMark(milliseconds(hidden))).join(' · ')}
          </span>
        )}
      </div>
    </Panel>
  );
}

const place = (left: number, width?: number) =>
  ({ '--left': `${left}%`, ...(width === undefined ? {} : { '--width': `${width}%` }) }) as CSSProperties;

interface StepProps {
  row: Row;
  axis: Axis;
  hasParts: boolean;
  chosen: boolean;
  reached: boolean;
  onFocus: () => void;
  onChoose: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function Step({ row, axis, hasParts, chosen, reached, onFocus, onChoose, onKeyDown }: StepProps) {
  const { span } = row;
  return (
    <tr
      className="steps-row steps-step"
      data-step={span.id}
      data-tone={statusTone(span.status)}
      aria-level={row.depth + 1}
      aria-expanded={hasParts || undefined}
      aria-selected={chosen}
      tabIndex={reached ? 0 : -1}
      onFocus={onFocus}
      onClick={onChoose}
      onKeyDown={onKeyDown}
    >
      <td className="steps-name" style={{ '--depth': row.depth } as CSSProperties}>
        <KindIcon kind={span.kind} />
        <span className="steps-words">
          <span className="steps-title">{spanName(span)}</span>
          {span.summary && <span className="steps-summary">{span.summary}</span>}
        </span>
      </td>
      <td className="steps-lane">
        <span className="offscreen">{inWords(row)}</span>
        <Bar row={row} axis={axis} />
      </td>
      <td className="steps-took num">{milliseconds(row.to - row.from)}</td>
      <td className="steps-status">
        <StatusDot tone={statusTone(span.status)}>{t.traces.status[span.status]}</StatusDot>
      </td>
    </tr>
  );
}

function inWords(row: Row): string {
  const waited = row.waits.reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    t.traces.fromTo(milliseconds(row.from), milliseconds(row.to - row.from)),
    ...(row.firstToken === undefined ? [] : [t.traces.firstAfter(milliseconds(row.firstToken - row.from))]),
    ...(waited > 0 ? [t.traces.waitedFor(milliseconds(waited))] : []),
  ].join(', ');
}

function Bar({ row, axis }: { row: Row; axis: Axis }) {
  const { span, firstToken } = row;
  const whole = barOf(axis, row);
  const answers = firstToken === undefined ? undefined : axis.at(firstToken);
  return (
    <span aria-hidden>
      {axis.ticks.map(({ at, ms }) => (
        <span key={ms} className="steps-line" style={place(at)} />
      ))}
      {axis.cuts.map(({ from, to }) => (
        <span key={from} className="steps-cut" style={place(from, to - from)} />
      ))}
      <span
        className="steps-bar"
        data-kind={span.kind}
        data-status={span.status}
        style={place(whole.left, whole.width)}
      />
      {row.waits.map((wait) => {
        const { left, width } = barOf(axis, wait);
        return <span key={wait.from} className="steps-wait" style={place(left, width)} />;
      })}
      {answers !== undefined && (
        <>
          <span
            className="steps-answer"
            style={place(answers, Math.max(0, whole.left + whole.width - answers))}
          />
          <span className="steps-first" style={place(answers)} />
        </>
      )}
    </span>
  );
}
