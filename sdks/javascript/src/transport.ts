/** Sends requests: authentication, time limits, retries. */
import { failure, read, type Answer, type Exchange } from './answers.js';
import { APIConnectionError, APITimeoutError } from './errors.js';
import type { Settings } from './options.js';
import { encode, queryText, type ApiRequest } from './request.js';
import { delayAfter, isTemporary, sleep } from './retries.js';
import { VERSION } from './version.js';
import { randomUuid } from './web-crypto.js';

export class Transport {
  // Private, so that neither console.log nor JSON.stringify of a client shows the key.
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Where requests go. */
  get baseUrl(): string {
    return this.#settings.baseUrl;
  }

  /** Sends a request and takes its answer's envelope apart. */
  async send(request: ApiRequest): Promise<Answer> {
    return read(await this.exchange(request));
  }

  /** Sends a request, again where that may help, and gives the last answer, which may tell of an error. */
  async exchange(request: ApiRequest): Promise<Exchange> {
    const { maxRetries = this.#settings.maxRetries, signal } = request.options ?? {};
    const url = this.#settings.baseUrl + request.path + queryText(request.query);
    const init = await this.#init(request);
    for (let attempt = 0; ; attempt++) {
      let delay: number | undefined;
      try {
        const exchange = await this.#attempt(url, init, request);
        if (attempt >= maxRetries || !isTemporary(exchange.response.status, exchange.json)) return exchange;
        delay = delayAfter(attempt, exchange.response.headers);
        if (delay === undefined) return exchange;
      } catch (problem) {
        if (attempt >= maxRetries || !(problem instanceof APIConnectionError)) throw problem;
        delay = delayAfter(attempt);
      }
      await sleep(delay ?? 0, signal);
    }
  }

  /** Reads what a link of the API (to a large output) leads to, without the API key. */
  async fetchLink(url: string, signal?: AbortSignal): Promise<string> {
    const found = await this.#attempt(url, {}, { method: 'GET', path: '', options: signal ? { signal } : {} });
    if (!found.response.ok) throw failure(found);
    return found.text;
  }

  /** What is the same in all attempts of a request. */
  async #init({ method, body, headers, options, follow }: ApiRequest): Promise<RequestInit> {
    const all = new Headers({ Accept: follow ? '*/*' : 'application/json' });
    // Browsers name themselves, and would ask the API's leave to send a name of ours.
    if (isServer()) all.set('User-Agent', `yourapp-javascript/${VERSION}`);
    if (body !== undefined) all.set('Content-Type', 'application/json');
    for (const group of [this.#settings.headers, headers, options?.headers]) {
      for (const [name, value] of Object.entries(group ?? {})) all.set(name, value);
    }
    all.set('Authorization', `Bearer ${this.#settings.apiKey}`);
    if (options?.idempotencyKey) all.set('Idempotency-Key', options.idempotencyKey);
    if (method === 'POST' && !all.has('Idempotency-Key')) all.set('Idempotency-Key', await randomUuid());
    return { method, headers: all, ...(body !== undefined && { body: encode(body) }) };
  }

  /** One attempt, its answer read to the end within its time. */
  async #attempt(url: string, init: RequestInit, request: ApiRequest): Promise<Exchange> {
    const { signal, timeout = this.#settings.timeout } = request.options ?? {};
    const limit = timeout + (request.extraTime ?? 0);
    signal?.throwIfAborted();
    const controller = new AbortController();
    const stop = () => controller.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    // 2^31 - 1 ms is the longest timer: a longer one, or Infinity, would fire at once.
    const timer = setTimeout(() => controller.abort(), Math.min(limit, 2_147_483_647));
    try {
      const response = await this.#fetch(url, { ...init, signal: controller.signal }, request.follow ?? false);
      const text = await response.text();
      return { response, text, json: parsed(text) };
    } catch (cause) {
      signal?.throwIfAborted();
      if (controller.signal.aborted) throw new APITimeoutError(`No answer within ${limit} ms`, { cause });
      throw new APIConnectionError(`No answer from ${new URL(url).host}: ${said(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Redirects are never followed with the key: what the API points to is a link that is itself the permission. */
  async #fetch(url: string, init: RequestInit, follow: boolean): Promise<Response> {
    const { fetch, fetchOptions } = this.#settings;
    const response = await fetch(url, { ...fetchOptions, ...init, redirect: 'manual' });
    if (!follow) return response;
    // A browser does not show where a redirect leads; it follows itself, and drops the key when that is another site.
    if (response.type === 'opaqueredirect') return fetch(url, { ...fetchOptions, ...init, redirect: 'follow' });
    const target = response.status === 303 && response.headers.get('location');
    if (!target) return response;
    return fetch(new URL(target, url).href, { ...fetchOptions, signal: init.signal ?? null });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // no JSON: a gateway's page, or a CSV file
  }
}

/** What fetch said, with what the network said below it (Node hides that in `cause`). */
function said(problem: unknown): string {
  const { message, cause } = problem as { message?: string; cause?: { message?: string; code?: string } };
  const below = cause?.message || cause?.code;
  return [message ?? String(problem), below].filter(Boolean).join(': ');
}

/** Node, and what calls itself Node (Bun, Deno); no page, and no worker of one. */
function isServer(): boolean {
  const { document, process } = globalThis as { document?: unknown; process?: { versions?: { node?: string } } };
  return document === undefined && process?.versions?.node !== undefined;
}
