import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Body, Connector, Deleted, Integration, IntegrationTest, Query } from '../types.js';

/** `client.integrations` */
export class Integrations extends Resource {
  /** What is connected. */
  list(query?: Query<'list_integrations'>, options?: RequestOptions): PagePromise<Integration> {
    return this.paged({ method: 'GET', path: path`/integrations`, query, options });
  }

  /** What can be connected, with the actions of each. */
  catalog(query?: Query<'list_catalog'>, options?: RequestOptions): PagePromise<Connector> {
    return this.paged({ method: 'GET', path: path`/integrations/catalog`, query, options });
  }

  /** One integration. */
  get(integrationId: string, options?: RequestOptions): ApiPromise<Integration> {
    return this.one({ method: 'GET', path: path`/integrations/${integrationId}`, options });
  }

  /** Connects a provider with a credential. */
  create(body: Body<'connect_integration'>, options?: RequestOptions): ApiPromise<Integration> {
    return this.one({ method: 'POST', path: path`/integrations`, body, options });
  }

  /** Disconnects; the credential stays. */
  delete(integrationId: string, options?: RequestOptions): ApiPromise<Deleted> {
    return this.one({ method: 'DELETE', path: path`/integrations/${integrationId}`, options });
  }

  /** Calls the provider, and tells whether that works. */
  test(integrationId: string, options?: RequestOptions): ApiPromise<IntegrationTest> {
    return this.one({ method: 'POST', path: path`/integrations/${integrationId}/test`, options });
  }
}
