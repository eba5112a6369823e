/** The kinds of provider, to choose one of. */
import {
  IconBrandOpenai,
  IconCloudCog,
  IconHome,
  IconPlugConnected,
  type IconProps,
  IconRoute,
  IconSparkles,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { ProviderList } from '@/api/types';
import { t } from '@/i18n';
import { StatusBadge } from '@/ui/StatusBadge';
import { CHOICES, type ChoiceId } from './connect.logic';

export const CHOICE_ICONS: Record<ChoiceId, ComponentType<IconProps>> = {
  anthropic: IconSparkles,
  openai: IconBrandOpenai,
  gemini: IconCloudCog,
  openrouter: IconRoute,
  ollama: IconHome,
  compatible: IconPlugConnected,
};

export function ChoiceCards({ list, onPick }: { list: ProviderList; onPick: (choice: ChoiceId) => void }) {
  const local = list.providers.find((one) => one.source === 'ollama');
  return (
    <ul className="choices">
      {CHOICES.map((choice) => {
        const Icon = CHOICE_ICONS[choice];
        return (
          <li key={choice}>
            <button type="button" className="choice" onClick={() => onPick(choice)}>
              <span className="choice-icon" aria-hidden>
                <Icon size={20} stroke={1.7} />
              </span>
              <span className="choice-words">
                <span className="choice-title">
                  {t.provider.choices[choice].title}
                  {choice === 'ollama' && local && (
                    <StatusBadge tone={local.problem ? 'warn' : 'good'}>{t.provider.foundHere}</StatusBadge>
                  )}
                </span>
                <span className="choice-about">{t.provider.choices[choice].about}</span>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
