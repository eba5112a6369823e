/** Settings for the palette: whatever answers the typed words by its name or by what it is for. */
import { useRouter } from '@tanstack/react-router';
import { useMemo } from 'react';
import { $api } from '@/api/client';
import { asSchema, type Leaf, leavesOf } from '@/api/configSchema';
import { answering } from './palette.logic';

const SHOWN = 6;

export interface FoundSetting {
  key: string;
  label: string;
  words: string;
  about: string | undefined;
}

const named = ({ key, node }: Leaf): FoundSetting => ({
  key,
  label: node.title ?? key,
  words: `${key.replaceAll(/[._]/g, ' ')} ${node.description ?? ''}`,
  about: node.description,
});

export function settingsAnswering(schema: unknown, typed: string): FoundSetting[] {
  const leaves = leavesOf(asSchema(schema)).filter(({ node }) => node['x-later'] !== true);
  return answering(leaves.map(named), typed).slice(0, SHOWN);
}

export function useFoundSettings(typed: string): FoundSetting[] {
  const wanted = typed.trim();
  const known = '/settings' in useRouter().routesByPath;
  const searching = known && wanted.length >= 2;
  const schema = $api.useQuery('get', '/api/config/schema', {}, { enabled: searching, staleTime: 60_000 });
  return useMemo(
    () => (searching ? settingsAnswering(schema.data, wanted) : []),
    [searching, schema.data, wanted],
  );
}
