/**
 * The two ways a call fails: the server refused it (`ApiError`, with its code and hint) or it was not reached
 * (`NetworkError`). Only the second may be repeated without asking.
 */

/** A refusal of the server: HTTP status, stable code and what to do about it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string | null;
  readonly hint: string | null;
  /** Seconds from `Retry-After`, when the server sent it. */
  readonly retryAfterSecs: number | null;

  constructor(
    status: number,
    message: string,
    details: { readonly code?: string; readonly hint?: string; readonly retryAfterSecs?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.code = details.code ?? null;
    this.hint = details.hint ?? null;
    this.retryAfterSecs = details.retryAfterSecs ?? null;
  }
}

/** The request may or may not have arrived: no complete answer came back. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

/** Reads the error envelope `{ok:false,error,code,hint}`; falls back to the status when the body is something else. */
export async function apiErrorFrom(response: Response): Promise<ApiError> {
  const body = await readJson(response);
  const message = textField(body, 'error') ?? `The server answered ${response.status}.`;
  const code = textField(body, 'code');
  const hint = textField(body, 'hint');
  const retryAfterSecs = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return new ApiError(response.status, message, {
    ...(code !== undefined && { code }),
    ...(hint !== undefined && { hint }),
    ...(Number.isFinite(retryAfterSecs) && { retryAfterSecs }),
  });
}

/** The sentence to show for anything that was thrown. */
export function failureText(error: unknown): string {
  if (error instanceof NetworkError) return 'The server cannot be reached.';
  return error instanceof Error ? error.message : String(error);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null; // a proxy's HTML page or a cut body: the status line is all there is to show
  }
}

function textField(body: unknown, key: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value: unknown = Reflect.get(body, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
