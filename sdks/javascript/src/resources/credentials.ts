import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Authorization, Body, Credential, Deleted, Query } from '../types.js';

/** `client.credentials`: secrets that workflows use. Their values are never returned. */
export class Credentials extends Resource {
  /** The account's credentials. */
  list(query?: Query<'list_credentials'>, options?: RequestOptions): PagePromise<Credential> {
    return this.paged({ method: 'GET', path: path`/credentials`, query, options });
  }

  /** One credential. */
  get(credentialId: string, options?: RequestOptions): ApiPromise<Credential> {
    return this.one({ method: 'GET', path: path`/credentials/${credentialId}`, options });
  }

  /** Stores a secret, encrypted. Without `allowed_hosts` it may be sent to any public host that a workflow names. */
  create(body: Body<'create_credential'>, options?: RequestOptions): ApiPromise<Credential> {
    return this.one({ method: 'POST', path: path`/credentials`, body, options });
  }

  /** Renames a credential, or replaces its value. */
  update(credentialId: string, body: Body<'update_credential'>, options?: RequestOptions): ApiPromise<Credential> {
    return this.one({ method: 'PATCH', path: path`/credentials/${credentialId}`, body, options });
  }

  /**
   * Deletes a credential.
   *
   * @param query - `force`: also one that a published workflow uses.
   * @throws ConflictError - it is in use, and `force` is not given.
   */
  delete(credentialId: string, query?: Query<'delete_credential'>, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/credentials/${credentialId}`, query, options });
  }

  /** Begins OAuth: send the person to `url` of the answer; the credential is there when they come back. */
  authorize(body: Body<'authorize'>, options?: RequestOptions): ApiPromise<Authorization> {
    return this.one({ method: 'POST', path: path`/credentials/oauth2/authorize`, body, options });
  }
}
