import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../page.js';
import { path } from '../request.js';
import { Resource } from '../resource.js';
import type { Delivery, DeliveryDetails, Query } from '../types.js';

/** `client.webhooks.deliveries` */
export class Deliveries extends Resource {
  /** What was sent to an endpoint, newest first. */
  list(webhookId: string, query?: Query<'list_deliveries'>, options?: RequestOptions): PagePromise<Delivery> {
    return this.paged({ method: 'GET', path: path`/webhooks/${webhookId}/deliveries`, query, options });
  }

  /** Where one event went: its deliveries to all endpoints. */
  ofEvent(
    eventId: string,
    query?: Omit<Query<'list_event_deliveries'>, 'event_id'>,
    options?: RequestOptions,
  ): PagePromise<Delivery> {
    return this.paged({ method: 'GET', path: path`/webhooks/deliveries`, query: { ...query, event_id: eventId }, options });
  }

  /** One delivery with what was sent. */
  get(webhookId: string, deliveryId: string, options?: RequestOptions): ApiPromise<DeliveryDetails> {
    return this.one({ method: 'GET', path: path`/webhooks/${webhookId}/deliveries/${deliveryId}`, options });
  }

  /** Sends an event once more. */
  redeliver(webhookId: string, deliveryId: string, options?: RequestOptions): ApiPromise<Delivery> {
    return this.one({ method: 'POST', path: path`/webhooks/${webhookId}/deliveries/${deliveryId}/redeliver`, options });
  }
}
