/** The exact thing that is to be decided on: a command, a change of a file, a request, a question. */
import './approval.css';
import type { ReactNode } from 'react';
import type { ActionPreview } from '@/api/approvals';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';
import { changed, diffLines, plain } from './diff.logic';

export interface PreviewProps {
  action: ActionPreview;
  /** Shown where the action has nothing more to say than its summary. */
  args: unknown;
}

export function Preview({ action, args }: PreviewProps) {
  switch (action.kind) {
    case 'command':
      return (
        <Block
          title={t.approvals.command}
          more={action.folder && t.approvals.inFolder(action.folder)}
          copy={action.command}
        >
          <pre className="act-text">{plain(action.command)}</pre>
        </Block>
      );
    case 'diff':
      return <Diff path={action.path} diff={action.diff} />;
    case 'request':
      return (
        <Block title={t.approvals.request} copy={action.url}>
          <p className="act-url">
            <strong>{action.method}</strong> {plain(action.url)}
          </p>
          {action.body && <pre className="act-text act-sent">{plain(action.body)}</pre>}
        </Block>
      );
    case 'question':
      return <p className="act-question">{plain(action.question)}</p>;
    default:
      return hasWords(args) ? (
        <Block title={t.thread.arguments} copy={pretty(args)}>
          <pre className="act-text">{plain(pretty(args))}</pre>
        </Block>
      ) : null;
  }
}

function Diff({ path, diff }: { path: string; diff: string }) {
  const lines = diffLines(diff);
  const { added, removed } = changed(lines);
  return (
    <Block
      title={<span className="mono">{plain(path)}</span>}
      label={path}
      more={
        <span className="num">
          <span className="act-added">+{added}</span> <span className="act-removed">−{removed}</span>
          <span className="hidden-words">{t.approvals.changes(added, removed)}</span>
        </span>
      }
      copy={diff}
    >
      <pre className="act-text act-diff">
        {lines.map(({ kind, text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff have no other name and never move
          <span key={at} className="act-line" data-kind={kind}>
            {SIGNS[kind]}
            {plain(text)}
            {'\n'}
          </span>
        ))}
      </pre>
    </Block>
  );
}

const SIGNS = { add: '+', remove: '-', same: ' ', place: '', remark: '' };

interface BlockProps {
  title: ReactNode;
  label?: string;
  more?: ReactNode;
  copy: string;
  children: ReactNode;
}

function Block({ title, label, more, copy, children }: BlockProps) {
  const name = label ?? String(title);
  return (
    <div className="act">
      <div className="act-bar">
        <span className="act-names">
          <span className="act-title">{title}</span>
          {more && <span className="act-more">{more}</span>}
        </span>
        <CopyButton value={copy} label={t.approvals.copyAction} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className="act-scroll" role="group" aria-label={name} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}

const pretty = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
const hasWords = (args: unknown) =>
  args != null && args !== '' && !(typeof args === 'object' && Object.keys(args).length === 0);
