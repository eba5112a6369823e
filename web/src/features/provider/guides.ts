/** How each kind of provider is connected: the commands and the configuration, ready to be copied. */

export type GuideName = 'openai' | 'compatible' | 'anthropic' | 'gemini' | 'openrouter' | 'ollama';

export interface Guide {
  name: GuideName;
  /** Lines for a shell. */
  environment: string;
  /** Lines for config.toml. */
  config: string;
}

interface Entry {
  key: string;
  kind: string;
  model: string;
  lines: string[];
}

const toml = ({ key, kind, model, lines }: Entry) =>
  [
    '[agent]',
    `provider = "${key}"`,
    `model = "${model}"`,
    '',
    `[providers.${key}]`,
    `kind = "${kind}"`,
    ...lines,
  ].join('\n');

export const GUIDES: Guide[] = [
  {
    name: 'openai',
    environment: 'export OPENAI_API_KEY="sk-…"\nclawgate',
    config: toml({ key: 'openai', kind: 'openai', model: 'gpt-5-mini', lines: ['api_key = "sk-…"'] }),
  },
  {
    name: 'compatible',
    environment: [
      'export CLAWGATE_PROVIDERS__LOCAL__KIND=openai',
      'export CLAWGATE_PROVIDERS__LOCAL__BASE_URL="http://127.0.0.1:1234/v1"',
      'export CLAWGATE_AGENT__PROVIDER=local',
      'export CLAWGATE_AGENT__MODEL="the-model-it-serves"',
      'clawgate',
    ].join('\n'),
    config: toml({
      key: 'local',
      kind: 'openai',
      model: 'the-model-it-serves',
      lines: ['base_url = "http://127.0.0.1:1234/v1"', 'api_key = ""   # if it asks for one'],
    }),
  },
  {
    name: 'anthropic',
    environment: 'export ANTHROPIC_API_KEY="sk-ant-…"\nclawgate',
    config: toml({
      key: 'anthropic',
      kind: 'anthropic',
      model: 'claude-sonnet-4-5',
      lines: ['api_key = "sk-ant-…"'],
    }),
  },
  {
    name: 'gemini',
    environment: 'export GEMINI_API_KEY="…"\nclawgate',
    config: toml({ key: 'gemini', kind: 'gemini', model: 'gemini-2.5-flash', lines: ['api_key = "…"'] }),
  },
  {
    name: 'openrouter',
    environment: 'export OPENROUTER_API_KEY="sk-or-…"\nclawgate',
    config: toml({
      key: 'openrouter',
      kind: 'openrouter',
      model: 'openai/gpt-5-mini',
      lines: ['api_key = "sk-or-…"'],
    }),
  },
  {
    name: 'ollama',
    environment: 'ollama pull llama3.2\nexport OLLAMA_HOST="http://127.0.0.1:11434"\nclawgate',
    config: toml({
      key: 'ollama',
      kind: 'ollama',
      model: 'llama3.2',
      lines: ['base_url = "http://127.0.0.1:11434"'],
    }),
  },
];
