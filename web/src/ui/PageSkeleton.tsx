/** The shape of a page that is on its way. */
import { Skeleton, Stack } from '@mantine/core';
import { t } from '@/i18n';

export function PageSkeleton() {
  return (
    <Stack aria-busy="true" aria-label={t.common.loading} role="status" className="page">
      <Skeleton h={30} w={180} />
      <Skeleton h={110} />
      <Skeleton h={240} />
    </Stack>
  );
}
