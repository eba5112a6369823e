/** Stands where something is still on its way: lines of these widths, in percent. */
import { Skeleton } from '@mantine/core';
import { t } from '@/i18n';

export const Waiting = ({ lines }: { lines: readonly number[] }) => (
  <div className="ws-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {lines.map((width) => (
      <Skeleton key={width} h={14} w={`${width}%`} />
    ))}
  </div>
);
