/** Pages of lists: iterating over one goes on over all that follow. */
import type { Answer } from './answers.js';
import { ApiPromise } from './api-promise.js';
import { InvalidResponseError } from './errors.js';
import type { ApiRequest } from './request.js';
import type { Transport } from './transport.js';

/**
 * A part of a list. `for await (const item of page)` gives its items and those of all pages after it, each fetched when
 * it is needed.
 */
export class Page<Item> implements AsyncIterable<Item> {
  /** This page's items. */
  readonly data: Item[];
  /** Items a page. */
  readonly limit: number;
  /** The page's number, where the list has pages. */
  readonly page: number | undefined;
  /** Items of the whole list, where the API tells. */
  readonly total: number | undefined;
  /** Where the list goes on, when it does. */
  readonly nextCursor: string | undefined;
  readonly #transport: Transport;
  readonly #request: ApiRequest;

  /** @internal */
  constructor(transport: Transport, request: ApiRequest, { data, meta, response }: Answer) {
    if (!Array.isArray(data)) throw new InvalidResponseError('The answer is no list', response);
    this.#transport = transport;
    this.#request = request;
    this.data = data as Item[];
    this.limit = meta.limit ?? data.length;
    this.page = meta.page ?? undefined;
    this.total = meta.total ?? undefined;
    this.nextCursor = meta.next_cursor ?? undefined;
  }

  /** Whether pages follow. */
  get hasMore(): boolean {
    if (this.nextCursor !== undefined) return true;
    const { data, page, total, limit } = this;
    return data.length > 0 && page !== undefined && total !== undefined && page * limit < total;
  }

  /** The page after this one; undefined at the end. */
  async nextPage(): Promise<Page<Item> | undefined> {
    if (!this.hasMore) return undefined;
    const { page: _page, cursor: _cursor, ...query } = (this.#request.query ?? {}) as Record<string, unknown>;
    const next = this.nextCursor !== undefined ? { cursor: this.nextCursor } : { page: (this.page ?? 1) + 1 };
    const request = { ...this.#request, query: { ...query, ...next } };
    return new Page<Item>(this.#transport, request, await this.#transport.send(request));
  }

  /** This page and those after it. */
  async *pages(): AsyncGenerator<Page<Item>, void, undefined> {
    let page: Page<Item> | undefined = this;
    while (page) {
      yield page;
      page = await page.nextPage();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }
}

/** What `list()` gives: await it for the first page, or iterate over it for all items. */
export class PagePromise<Item> extends ApiPromise<Page<Item>> implements AsyncIterable<Item> {
  /** @internal */
  constructor(transport: Transport, request: ApiRequest) {
    super(
      transport.send(request).then((answer) => ({ ...answer, data: new Page<Item>(transport, request, answer) })),
    );
  }

  /** All pages, from the first on. */
  async *pages(): AsyncGenerator<Page<Item>, void, undefined> {
    yield* (await this).pages();
  }

  /** All items in one array, or the first `max` of them. */
  async toArray({ max = Infinity }: { max?: number } = {}): Promise<Item[]> {
    const items: Item[] = [];
    if (max <= 0) return items;
    for await (const item of this) if (items.push(item) >= max) break;
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    yield* await this;
  }
}
