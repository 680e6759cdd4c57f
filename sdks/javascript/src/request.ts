/** One request of the API as a value. */
import { ConfigurationError } from './errors.js';
import type { RequestOptions } from './options.js';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, escaped (see {@link path}). */
  path: string;
  /** Parameters; those that are undefined or null are left out. */
  query?: object | undefined;
  /** Sent as JSON; undefined: no body. */
  body?: unknown;
  /** Beside those that every request has. */
  headers?: Record<string, string> | undefined;
  options?: RequestOptions | undefined;
  /** Milliseconds that the answer may take longer than usual, because the API was asked to wait. */
  extraTime?: number;
  /** Go where the API points to (303), without the API key. */
  follow?: boolean;
}

/**
 * A path from its parts: ``path`/workflows/${id}` ``. Each value is escaped, so that it stays one segment.
 *
 * @throws ConfigurationError - a value is empty, `.` or `..`: the request would go to another route.
 */
export function path(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return texts.reduce((whole, text, index) => whole + segment(values[index - 1]) + text);
}

function segment(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !text.trim() || text === '.' || text === '..') {
    throw new ConfigurationError(`An id must be a text that is not empty, not ${JSON.stringify(value) ?? String(value)}`);
  }
  return encodeURIComponent(text);
}

/** The query as the URL carries it, with its question mark; empty when there is none. */
export function queryText(query: object = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    parameters.set(name, value instanceof Date ? value.toISOString() : String(value));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/**
 * A body as strict JSON.
 *
 * @throws ConfigurationError - NaN or an infinity, which JSON.stringify would silently make null.
 */
export function encode(body: unknown): string {
  return JSON.stringify(body, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new ConfigurationError(`${key || 'The body'}: JSON has no ${value}`);
    }
    return value;
  });
}
