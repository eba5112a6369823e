/** What a fix would change, before it changes it. */
import { Button, Modal, Skeleton } from '@mantine/core';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { toast } from '@/ui/toast';
import { useFix, usePlan } from './data';
import { titleOf } from './words';

interface FixDialogProps {
  id: string;
  title: string | undefined;
  onClose: () => void;
}

export function FixDialog({ id, title, onClose }: FixDialogProps) {
  const plan = usePlan(id);
  const fix = useFix(id);
  const whyNot = useWhyNot('admin');
  const name = titleOf(id, title ?? id);
  const changes = plan.data?.changes ?? [];
  const apply = () =>
    fix.mutate(undefined, {
      onSuccess: ({ applied }) => {
        toast.done(applied ? t.doctor.mended(name) : t.doctor.nothingLeft);
        onClose();
      },
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.doctor.fixTitle(name)}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {plan.isPending && <Skeleton h={88} aria-busy="true" />}
      {plan.isError && (
        <ErrorNote title={t.doctor.noPlan} error={plan.error} onRetry={() => void plan.refetch()} />
      )}
      {plan.data && changes.length === 0 && <Note tone="good">{t.doctor.nothingLeft}</Note>}
      {changes.length > 0 && (
        <>
          <p className="fix-words">{t.doctor.willChange}</p>
          <ul className="fix-changes">
            {changes.map(({ what, before, after }) => (
              <li key={what}>
                <span className="mono">{what}</span>
                <span className="fix-step">
                  <del>{before}</del> <span aria-hidden>→</span> <ins>{after}</ins>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {fix.isError && <ErrorNote title={t.doctor.notMended} error={fix.error} onRetry={apply} />}
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose}>
          {changes.length > 0 ? t.common.cancel : t.common.close}
        </Button>
        {changes.length > 0 && (
          <Button data-autofocus loading={fix.isPending} onClick={apply} {...disabledBecause(whyNot)}>
            {t.doctor.mend}
          </Button>
        )}
      </div>
    </Modal>
  );
}
