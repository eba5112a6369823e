/** Providers only: theme, data, notifications, and the gate in front of the pages. */
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/default-css-variables.layer.css';
import '@mantine/core/styles/global.layer.css';
import './ui/tokens.css';
import './ui/ui.css';
import './app/app.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { followNews } from './api/link';
import { cspNonce } from './app/csp';
import { takePairingCode } from './app/fragment';
import { Gate } from './app/Gate';
import { Spoken } from './app/Spoken';
import { cssVariablesResolver, theme } from './app/theme';
import { loadWords, preferredLocale } from './i18n';
import { toast } from './ui/toast';

const code = takePairingCode();

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A gateway on loopback works without the internet; the default would pause when that is gone.
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
  mutationCache: new MutationCache({
    // Who shows a failure beside what was asked for says so: it is not shown twice.
    onError: (error, _asked, _kept, mutation) => {
      if (mutation.meta?.saidInPlace !== true) toast.failed(error);
    },
  }),
});
followNews(queryClient);

// The scroll lock inside dialogs reads the nonce for its style element from this global.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = cspNonce();

const root = document.getElementById('root');
const show = () =>
  root &&
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        defaultColorScheme="auto"
        getStyleNonce={cspNonce}
      >
        <QueryClientProvider client={queryClient}>
          <Spoken>
            <Gate code={code} />
          </Spoken>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );

// The page in English is better than none.
void loadWords(preferredLocale())
  .catch(() => {})
  .then(show);
