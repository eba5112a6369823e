/** The id of a failed request, ready to be copied into a search of the log. */
import { t } from '@/i18n';
import { CopyButton } from './CopyButton';

export const RequestId = ({ id }: { id: string }) => (
  <span className="request-id">
    {t.common.requestId(id)}
    <CopyButton value={id} label={t.common.copyRequestId} size={13} />
  </span>
);
