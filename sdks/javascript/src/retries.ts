/**
 * When a request that failed is sent again, and after how long.
 *
 * Nothing happens twice by it: a POST carries an Idempotency-Key, the same one in each attempt; PATCH and DELETE come to
 * the same end when repeated.
 */
const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
const FIRST_DELAY = 500;
const LONGEST_DELAY = 8_000;
const SPREAD = 250;

/** Told to wait longer (the day's limit, for example), the caller gets the error at once and can decide. */
const LONGEST_RETRY_AFTER = 60;

/** Whether an answer says that the same request may come to something later. */
export function isTemporary(status: number, body: unknown): boolean {
  return RETRIED.has(status) || (status === 409 && reason(body) === 'in_progress');
}

/**
 * Milliseconds until the next attempt; undefined: do not wait so long.
 *
 * @param attempt - 0 for the first, which failed.
 * @param headers - of its answer, when there was one.
 */
export function delayAfter(attempt: number, headers?: Headers): number | undefined {
  const told = headers && retryAfter(headers);
  if (told === undefined) return backoff(attempt);
  return told <= LONGEST_RETRY_AFTER ? told * 1000 + Math.random() * SPREAD : undefined;
}

/** Doubles with each attempt up to 8 s; a random part of up to half of it keeps callers from coming back together. */
export function backoff(attempt: number): number {
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/** `Retry-After` in seconds from now: RFC 9110 has it as seconds or as a date. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

/** Waits, or rejects with the signal's reason as soon as that is aborted. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The first with this Idempotency-Key, an attempt of ours that was cut off, is still under way. */
function reason(body: unknown): unknown {
  return (body as { error?: { details?: { reason?: unknown } } } | undefined)?.error?.details?.reason;
}
