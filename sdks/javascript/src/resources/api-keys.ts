import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { ApiKey, Body, CreatedApiKey, Deleted, Query } from '../types.js';

/** `client.apiKeys` */
export class ApiKeys extends Resource {
  /** The account's keys; never the keys themselves. */
  list(query?: Query<'list_api_keys'>, options?: RequestOptions): PagePromise<ApiKey> {
    return this.paged({ method: 'GET', path: path`/api-keys`, query, options });
  }

  /** Makes a key. `key` of the answer is shown this once. Without scopes it has those of the key that makes it. */
  create(body: Body<'create_api_key'>, options?: RequestOptions): ApiPromise<CreatedApiKey> {
    return this.one({ method: 'POST', path: path`/api-keys`, body, options });
  }

  /** Revokes a key. */
  delete(keyId: string, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/api-keys/${keyId}`, options });
  }
}
