/** What of the page stands in its address, and which integrations it shows. */
import type { Integration, IntegrationGroup } from '@/api/types';

export interface IntegrationsView {
  /** Only those that stand like that. */
  show?: Shown;
  /** The integration that is open. */
  open?: string;
}

export const SHOWN = ['ready', 'failing', 'available'] as const;
export type Shown = (typeof SHOWN)[number];

/** In the order in which they are shown. */
export const GROUPS = [
  'providers',
  'channels',
  'tunnel',
  'tools',
  'memory',
  'observability',
] as const satisfies readonly IntegrationGroup[];

const LONGEST = 200;

/** Reads an address that anybody may have written. */
export function readIntegrationsView({ show, open }: Record<string, unknown>): IntegrationsView {
  const shown = SHOWN.find((one) => one === show);
  return {
    ...(shown ? { show: shown } : {}),
    ...(typeof open === 'string' && open ? { open: open.slice(0, LONGEST) } : {}),
  };
}

const FITS: Record<Shown, (one: Integration) => boolean> = {
  ready: ({ state }) => state === 'connected' || state === 'configured',
  failing: ({ state }) => state === 'failing',
  available: ({ state }) => state === 'available',
};

export const fitting = (all: readonly Integration[], show: Shown | undefined) =>
  show === undefined ? [...all] : all.filter(FITS[show]);

/** A call of a hook for a shell, ready to be copied. */
export function curlOf(
  address: string,
  hook: { method: string; path: string; headers: { name: string; value: string }[]; body?: string | null },
): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = [
    `curl ${hook.method === 'GET' ? '' : `-X ${hook.method} `}${quoted(address + hook.path)}`,
    ...hook.headers.map(({ name, value }) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(hook.body ? [`-d ${quoted(hook.body)}`] : []),
  ];
  return parts.join(' \\\n  ');
}

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** A secret of 32 letters (about 186 bits), by lot. */
export function newSecret(): string {
  let secret = '';
  while (secret.length < 32)
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      // What would make some letters likelier than others is thrown away.
      const place = byte & 63;
      if (place < LETTERS.length && secret.length < 32) secret += LETTERS[place];
    }
  return secret;
}
