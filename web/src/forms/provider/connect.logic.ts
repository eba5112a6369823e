/** What is chosen when a provider is connected, apart from how it is drawn. */
import type { Provider, ProviderKind, ProviderList } from '@/api/types';

/** What one can connect: a kind of provider, or any server that speaks OpenAI's protocol. */
export const CHOICES = ['anthropic', 'openai', 'gemini', 'openrouter', 'ollama', 'compatible'] as const;
export type ChoiceId = (typeof CHOICES)[number];

export const isChoice = (word: unknown): word is ChoiceId => CHOICES.includes(word as ChoiceId);

export const kindOf = (choice: ChoiceId): ProviderKind => (choice === 'compatible' ? 'openai' : choice);

/** Which of the choices a provider was made by. */
export const choiceOf = (provider: Provider): ChoiceId | undefined => {
  if (provider.kind === 'demo') return undefined;
  return provider.kind === 'openai' && provider.base_url ? 'compatible' : provider.kind;
};

/** What is known of a choice: where it is, and where its key is made. */
export function factsOf(list: ProviderList, choice: ChoiceId) {
  const facts = list.kinds.find((one) => one.kind === kindOf(choice));
  if (choice === 'compatible') return { needsKey: false, baseUrl: '', keyUrl: undefined };
  return {
    needsKey: facts?.needs_key ?? true,
    baseUrl: facts?.default_base_url ?? '',
    keyUrl: facts?.key_url,
  };
}

const LOCAL = /^(localhost|127\.|\[?::1|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** The host of an address as people type it, with or without a scheme. */
export function hostOf(address: string): string {
  const bare = address.trim().replace(/^[a-z]+:\/\//i, '');
  return bare.split('/')[0] ?? '';
}

/** Whether an address is one's own machine or network, where nothing leaves the house. */
export const isLocal = (address: string) => LOCAL.test(hostOf(address));

const slug = (words: string) =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);

/** A name for a new provider: one that is waiting for its key is meant, another is left alone. */
export function nameFor(list: ProviderList, choice: ChoiceId, baseUrl: string): string {
  const wanted = choice === 'compatible' ? nameOfServer(list, baseUrl) : choice;
  const taken = (name: string) =>
    list.providers.find((one) => one.name === name && one.source !== 'ollama' && one.source !== 'demo');
  const waits = (one: Provider) => one.kind === kindOf(choice) && one.key.state === 'missing';
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const other = taken(name);
    if (!other || (choice !== 'compatible' && waits(other))) return name;
  }
}

function nameOfServer(list: ProviderList, baseUrl: string): string {
  const host = hostOf(baseUrl);
  const known = list.servers.find((server) => host !== '' && hostOf(server.base_url) === host);
  const name = known ? slug(known.title) : isLocal(baseUrl) ? 'local' : slug(registrable(host));
  // These words belong to kinds of their own.
  const reserved = list.kinds.some((one) => one.kind === name);
  return reserved || name === '' ? `${name || 'my'}-server` : name;
}

/** `api.example.com:8080` → `example`. */
function registrable(host: string): string {
  const labels = host.replace(/:\d+$/, '').split('.').filter(Boolean);
  return labels.length > 1 ? (labels.at(-2) ?? host) : (labels[0] ?? '');
}

export interface Listed {
  /** What is shown, the suggestion first. */
  shown: string[];
  /** How many more there are. */
  more: number;
  /** What was typed, where it is no model of the list and may be meant as one. */
  own: string | null;
}

/** The models that match what was typed: every word of it, in any order. */
export function matching(models: string[], typed: string, suggested: string | undefined, most = 60): Listed {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = models.filter((id) => words.every((word) => id.toLowerCase().includes(word)));
  const first = suggested !== undefined && found.includes(suggested) ? [suggested] : [];
  const ordered = [...first, ...found.filter((id) => id !== suggested)];
  const exact = typed.trim();
  return {
    shown: ordered.slice(0, most),
    more: Math.max(0, ordered.length - most),
    own: exact && !/\s/.test(exact) && !models.includes(exact) ? exact : null,
  };
}

/** Keys are pasted with quotes, line ends or the name of their variable around them. */
export const cleanKey = (typed: string) =>
  typed
    .trim()
    .replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*=/, '')
    .replace(/^["'“”‘’]+|["'“”‘’]+$/g, '')
    .trim();
