/** The only place that speaks HTTP: the typed client, its errors, and what a 401 means. */
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryHooks from 'openapi-react-query';
import { t } from '@/i18n';
import type { paths } from './schema';
import type { ErrorBody } from './types';

/** The gateway answered, and the answer is no. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.error);
    this.name = 'ApiError';
  }
  get code() {
    return this.body.code;
  }
  get retryAfter() {
    return this.body.retry_after ?? undefined;
  }
}

/** Nobody answered at all. */
export class Unreachable extends Error {
  constructor() {
    super(t.common.unreachable);
    this.name = 'Unreachable';
  }
}

let signedOut: () => void = () => {};
/** Sets what happens when the gateway no longer knows this browser. */
export const onSignedOut = (listener: () => void) => {
  signedOut = listener;
};

/** The answer of a 401 there belongs to the form that asked, not to the session. */
type Asked = Pick<Request, 'url' | 'method'>;
const ownsItsRefusal = (request: Asked) =>
  /\/(pair|api\/session)$/.test(new URL(request.url).pathname) && request.method === 'POST';

/** What the gateway's refusal says; a 401 that is not a form's own ends the session here. */
export async function refusalOf(request: Asked, response: Response): Promise<ApiError> {
  if (response.status === 401 && !ownsItsRefusal(request)) signedOut();
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const known = typeof body === 'object' && body !== null && 'error' in body;
  return new ApiError(
    response.status,
    known
      ? (body as ErrorBody)
      : { error: response.statusText || `HTTP ${response.status}`, code: 'INTERNAL_ERROR' },
  );
}

const outcomes: Middleware = {
  async onResponse({ request, response }) {
    if (!response.ok) throw await refusalOf(request, response);
  },
  onError({ error }) {
    if (error instanceof ApiError) return error;
    if (error instanceof DOMException && error.name === 'AbortError') return error;
    return new Unreachable();
  },
};

export const api = createFetchClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
});
api.use(outcomes);

export const $api = createQueryHooks(api);

/** Takes the data out of an answer; refusals were thrown before they came here. */
export async function take<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
