/** A conversation in which nothing was said yet. */
import { Anchor, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { $api } from '@/api/client';
import { Logo } from '@/app/Logo';
import { t } from '@/i18n';

export function Welcome({ onPick }: { onPick: (text: string) => void }) {
  const status = $api.useQuery('get', '/api/status', {});
  return (
    <div className="welcome">
      <Logo size={52} />
      <Title order={2} fz={24} mt="md">
        {t.chat.emptyTitle}
      </Title>
      <Text c="dimmed" mt={4}>
        {t.chat.emptyBody}
      </Text>
      <div className="suggestions">
        {t.chat.suggestions.map((text) => (
          <button key={text} type="button" className="suggestion" onClick={() => onPick(text)}>
            {text}
          </button>
        ))}
      </div>
      <Text fz="sm" c="dimmed" className="welcome-note">
        {status.data?.provider_source === 'demo' && (
          <>
            {t.common.noModel} ·{' '}
            <Anchor component={Link} to="/welcome" underline="always" fz="sm">
              {t.common.connectModel}
            </Anchor>
          </>
        )}
      </Text>
    </div>
  );
}
