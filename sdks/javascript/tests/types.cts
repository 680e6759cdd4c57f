// The same from CommonJS.
import { Client, webhooks } from '@yourapp/sdk';
import type { Workflow } from '@yourapp/sdk';
import { verify } from '@yourapp/sdk/webhooks';

export async function first(client: Client): Promise<Workflow | undefined> {
  for await (const { id } of client.workflows.list()) return client.workflows.get(id);
  return undefined;
}

export const checks = [webhooks.verify, verify];
