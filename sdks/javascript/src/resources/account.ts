import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Account } from '../types.js';

/** `client.account` */
export class AccountResource extends Resource {
  /** The account that the key belongs to: plan, limits, usage. */
  get(options?: RequestOptions): ApiPromise<Account> {
    return this.one({ method: 'GET', path: path`/account`, options });
  }
}
