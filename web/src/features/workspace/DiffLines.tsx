/** What changed between two texts, line by line. */
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import type { DiffLine } from './diff.logic';

const SIGN = { added: '+', removed: '−', same: ' ' } as const;

export const DiffLines = ({ lines }: { lines: readonly DiffLine[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <div className="ws-diff" role="region" aria-label={t.workspace.changed} tabIndex={0}>
    <div className="ws-diff-lines">
      {lines.map((line, at) =>
        line.kind === 'place' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a diff never change places
          <div key={at} className="ws-diff-place">
            {t.workspace.hitAt(count(Number(line.text)))}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <div key={at} className="ws-diff-line" data-kind={line.kind}>
            <span className="ws-diff-number">{line.before}</span>
            <span className="ws-diff-number">{line.after}</span>
            <span className="ws-diff-sign">{SIGN[line.kind]}</span>
            <Words line={line} />
          </div>
        ),
      )}
    </div>
  </div>
);

/** Added and removed is not told by colour alone, for those who hear the page. */
function Words({ line }: { line: DiffLine }) {
  if (line.kind === 'added') return <ins>{line.text}</ins>;
  if (line.kind === 'removed') return <del>{line.text}</del>;
  return <span>{line.text}</span>;
}
