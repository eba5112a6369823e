/** What became of a call: what it would do, the word it needs, or what came out of it. */
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Preview } from '@/forms/approval/Preview';
import { riskTone } from '@/forms/approval/words';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { Note } from '@/ui/Note';
import { StatusBadge } from '@/ui/StatusBadge';
import type { Tried } from './data';

interface OutcomeProps {
  tried: Tried;
  args: Record<string, unknown>;
  onAgree: () => void;
  onLeave: () => void;
}

export function Outcome({ tried, args, onAgree, onLeave }: OutcomeProps) {
  const { status, action } = tried;
  return (
    <div className="tool-tried" data-status={status}>
      <p className="tool-tried-head">
        <strong>{action.summary}</strong>
        <StatusBadge tone={riskTone(action.risk)}>{t.tools.risks[action.risk]}</StatusBadge>
      </p>
      {status === 'dry_run' && <p className="tool-none">{t.tools.wouldDo}</p>}
      {status === 'needs_approval' && <Note tone="warn">{t.tools.waits}</Note>}
      <Preview action={action.preview} args={status === 'done' ? null : args} />
      {status !== 'done' && action.always && <p className="tool-none">{t.tools.alwaysNote(action.always)}</p>}
      {status === 'needs_approval' && (
        <div className="tool-buttons">
          <Button leftSection={<IconCheck size={16} aria-hidden />} onClick={onAgree}>
            {t.tools.allowRun}
          </Button>
          <Button variant="default" onClick={onLeave}>
            {t.tools.dontRun}
          </Button>
        </div>
      )}
      {status === 'done' && <Result tried={tried} />}
    </div>
  );
}

function Result({ tried: { success, duration_ms, output, truncated, masked } }: { tried: Tried }) {
  return (
    <>
      <p className="tool-tried-head">
        <StatusBadge tone={success ? 'good' : 'bad'}>{success ? t.tools.done : t.tools.notDone}</StatusBadge>
        {duration_ms !== undefined && (
          <span className="num tool-took">{t.tools.took(milliseconds(duration_ms))}</span>
        )}
      </p>
      {truncated && <Note tone="info">{t.tools.truncated}</Note>}
      {(masked ?? 0) > 0 && <Note tone="info">{t.tools.masked(masked ?? 0)}</Note>}
      <h3 className="tool-part">{t.tools.output}</h3>
      {output?.trim() ? (
        <CopyBlock text={output} label={t.tools.copyOutput} />
      ) : (
        <p className="tool-none">{t.tools.noOutput}</p>
      )}
    </>
  );
}
