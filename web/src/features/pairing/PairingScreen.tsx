/** The way in: a pairing code, or the dashboard's password where there is one. */
import './pairing.css';
import { SegmentedControl, Text, Title } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import { $api } from '@/api/client';
import { Logo } from '@/app/Logo';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { useTitle } from '@/ui/useTitle';
import { CodeForm } from './CodeForm';
import { PasswordForm } from './PasswordForm';

export interface PairingScreenProps {
  /** The code out of the address, if it came with one. */
  code: string | null;
  /** Whether the gateway answers at all. */
  reachable: boolean;
  onRetry: () => void;
}

export default function PairingScreen({ code, reachable, onRetry }: PairingScreenProps) {
  useTitle(t.pairing.documentTitle);
  const pairing = $api.useQuery('get', '/api/pairing', {}, { enabled: reachable, refetchInterval: 15_000 });
  const [way, setWay] = useState<'code' | 'password'>('code');
  return (
    <main className="pairing" id="main">
      <div className="pairing-card">
        <div className="pairing-brand">
          <Logo size={44} />
          <Text fw={700} fz={20} component="span">
            {t.product}
          </Text>
        </div>
        {reachable ? (
          <>
            <Title order={1} fz={22} ta="center" mb={4}>
              {t.pairing.title}
            </Title>
            {pairing.data?.password_set && (
              <SegmentedControl
                fullWidth
                my="sm"
                value={way}
                onChange={(next) => setWay(next as typeof way)}
                data={[
                  { value: 'code', label: t.pairing.tabCode },
                  { value: 'password', label: t.pairing.tabPassword },
                ]}
              />
            )}
            {way === 'code' ? (
              <CodeForm prefilled={code} pairing={pairing.data} onChanged={() => void pairing.refetch()} />
            ) : (
              <PasswordForm />
            )}
          </>
        ) : (
          <EmptyState
            order={1}
            role="alert"
            icon={IconPlugConnectedX}
            title={t.pairing.unreachableTitle}
            body={t.pairing.unreachableBody}
            action={{ label: t.common.retry, onClick: onRetry }}
          />
        )}
      </div>
    </main>
  );
}
