/** What the gateway names, in the page's language; a newer gateway's own words where there are none. */
import type { Integration, IntegrationState } from '@/api/types';
import { t } from '@/i18n';
import type { Tone } from '@/ui/StatusDot';

const said = (words: Record<string, string>, key: string): string | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined;

export const titleOf = ({ id, title }: Integration): string => said(t.integrations.titles, id) ?? title;

export const aboutOf = ({ id, about, group }: Integration): string => {
  if (group === 'providers' && id.startsWith('kind-')) return t.integrations.providerOffer;
  return said(t.integrations.abouts, id) ?? about;
};

export const fieldOf = (key: string, title: string, about: string) => {
  const words = t.integrations.fields as Record<string, { title: string; about: string }>;
  return Object.hasOwn(words, key) ? (words[key] ?? { title, about }) : { title, about };
};

export const detailOf = (name: string): string => said(t.integrations.details, name) ?? name;

/** How a key or a tool's permission stands. */
export const valueWords = (value: string): string => said(t.integrations.values, value) ?? value;

export const toneOf = (state: IntegrationState): Tone =>
  (({ connected: 'good', configured: 'info', failing: 'bad', available: 'off' }) as const)[state];
