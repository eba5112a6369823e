/** A report to hand on: it is seen before it is copied. */
import { Button, Modal, Skeleton } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { t } from '@/i18n';
import { CopyBlock } from '@/ui/CopyBlock';
import { ErrorNote } from '@/ui/ErrorNote';
import { usePaper } from './data';

export function PaperDialog({ onClose }: { onClose: () => void }) {
  const paper = usePaper();
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t.doctor.report}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <p className="fix-words">{t.doctor.reportWords}</p>
      {paper.isPending && <Skeleton h={320} aria-busy="true" />}
      {paper.isError && <ErrorNote error={paper.error} onRetry={() => void paper.refetch()} />}
      {paper.data !== undefined && (
        <div className="paper">
          <CopyBlock text={paper.data} label={t.doctor.copyReport} />
        </div>
      )}
      <div className="dialog-actions">
        <Button
          component="a"
          href="/api/doctor/report"
          download="clawgate-report.md"
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
        >
          {t.doctor.download}
        </Button>
        <Button onClick={onClose} variant="default">
          {t.common.close}
        </Button>
      </div>
    </Modal>
  );
}
