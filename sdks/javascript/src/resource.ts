import { ApiPromise } from './api-promise.js';
import type { Answer } from './answers.js';
import { PagePromise } from './page.js';
import type { ApiRequest } from './request.js';
import type { Transport } from './transport.js';

/** A part of the API, as the client shows it. */
export abstract class Resource {
  /** @internal */
  constructor(protected readonly transport: Transport) {}

  /** A request whose answer's data is one thing. */
  protected one<Data>(request: ApiRequest): ApiPromise<Data> {
    return new ApiPromise(this.transport.send(request) as Promise<Answer<Data>>);
  }

  /** A request of a list. */
  protected paged<Item>(request: ApiRequest): PagePromise<Item> {
    return new PagePromise<Item>(this.transport, request);
  }
}
