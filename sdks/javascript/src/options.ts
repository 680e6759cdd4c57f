/** How a client is set up: arguments first, then the environment, then defaults. */
import { ConfigurationError } from './errors.js';

export const DEFAULT_BASE_URL = 'https://api.yourapp.com/v1';
export const DEFAULT_TIMEOUT = 60_000;
export const DEFAULT_MAX_RETRIES = 3;

/** The part of the standard `fetch` that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** Default: the environment variable YOURAPP_API_KEY. */
  apiKey?: string;
  /** With the version. Default: YOURAPP_BASE_URL, else https://api.yourapp.com/v1. */
  baseUrl?: string;
  /** Milliseconds that one attempt may take, its answer's body included. Default: 60,000. */
  timeout?: number;
  /** How often a request is sent again after 408, 429, 5xx and broken connections. Default: 3. */
  maxRetries?: number;
  /** Sent with every request. */
  headers?: Record<string, string>;
  /** Sends the requests instead of the global `fetch`: for proxies, tracing, tests. */
  fetch?: Fetch;
  /** Handed to `fetch` with every request, such as Node's `dispatcher` or `keepalive`. */
  fetchOptions?: RequestInit & Record<string, unknown>;
}

/** What a single request may have of its own. */
export interface RequestOptions {
  /** Ends the request; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds that one attempt may take. */
  timeout?: number;
  /** How often it is sent again. */
  maxRetries?: number;
  /** Sent beside the usual ones. */
  headers?: Record<string, string>;
  /** Your own name of a POST: sent twice under one name, it has one effect. Without, a random one is made. */
  idempotencyKey?: string;
}

/** A client's options, all of them settled. */
export interface Settings {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
  readonly fetchOptions: RequestInit & Record<string, unknown>;
}

/**
 * Settles the options of a client.
 *
 * @throws ConfigurationError - there is no API key, or one that no header can carry, or the base URL is none.
 */
export function settle(options: ClientOptions): Settings {
  const apiKey = (options.apiKey ?? environment('YOURAPP_API_KEY') ?? '').trim();
  if (!apiKey) throw new ConfigurationError("No API key: give it as new Client('...') or set YOURAPP_API_KEY");
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new ConfigurationError('The API key holds characters that no key has (was it copied whole?)');
  }
  const baseUrl = (options.baseUrl || environment('YOURAPP_BASE_URL') || DEFAULT_BASE_URL).replace(/\/+$/, '');
  if (!/^https?:\/\/./.test(baseUrl)) {
    throw new ConfigurationError(`The base URL must begin with https:// or http://, not "${baseUrl}"`);
  }
  // Called as a plain function: browsers refuse fetch as the method of another object.
  const given = options.fetch ?? (globalThis.fetch as Fetch | undefined);
  if (typeof given !== 'function') throw new ConfigurationError('There is no fetch here (Node 18 has it): give one as `fetch`');
  return {
    apiKey,
    baseUrl,
    timeout: atLeast(0, options.timeout ?? DEFAULT_TIMEOUT, 'timeout'),
    maxRetries: atLeast(0, options.maxRetries ?? DEFAULT_MAX_RETRIES, 'maxRetries'),
    headers: { ...options.headers },
    fetch: (url, init) => given(url, init),
    fetchOptions: { ...options.fetchOptions },
  };
}

function atLeast(least: number, value: number, name: string): number {
  if (!(value >= least)) throw new ConfigurationError(`${name} must be a number, and not under ${least}`);
  return value;
}

/** An environment variable, where there is an environment (browsers and some edge runtimes have none). */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}
