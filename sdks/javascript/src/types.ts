/** The things of the API by name. All come from the OpenAPI document; `npm run generate` writes what they are made of. */
import type { components, operations } from './generated/schema.js';

type Schemas = components['schemas'];
type Operation = keyof operations;

/** A moment: ISO 8601, or a Date. */
export type Moment = string | Date;

/** What of an operation goes into the query; its `from` and `to` may be Dates. */
export type Query<Op extends Operation> = {
  [Name in keyof NonNullable<operations[Op]['parameters']['query']>]: Name extends 'from' | 'to'
    ? Moment
    : NonNullable<operations[Op]['parameters']['query']>[Name];
};

/** What an operation's JSON body holds. */
export type Body<Op extends Operation> =
  NonNullable<operations[Op]['requestBody']> extends { content: { 'application/json': infer Json } } ? NonNullable<Json> : never;

/** Replaces the loose objects that a stored definition is described with by what they are. */
type WithGraph<Stored> = Omit<Stored, 'nodes' | 'edges' | 'settings'> & {
  nodes: WorkflowNode[];
  edges: WorkflowEdge[];
  settings: WorkflowSettings;
};

export type ErrorCode = Schemas['Error']['error']['code'];
export type Problem = Schemas['ProblemView'];
export type Deleted = Schemas['Deleted'];
export type PageMeta = Schemas['PageMeta'];

export type Account = Schemas['AccountView'];
export type ApiKey = Schemas['KeyView'];
export type CreatedApiKey = Schemas['CreatedKey'];

export type WorkflowNode = Schemas['WorkflowNode'];
export type WorkflowEdge = Schemas['WorkflowEdge'];
export type WorkflowSettings = Schemas['WorkflowSettings'];
export type WorkflowSummary = Schemas['WorkflowSummary'];
export type Workflow = WithGraph<Schemas['WorkflowView']>;
export type WorkflowVersionSummary = Schemas['VersionSummary'];
export type WorkflowVersion = WithGraph<Schemas['VersionView']>;
export type Validation = Schemas['Validation'];
export type Trigger = Schemas['TriggersTriggerView'];
export type ScheduledTime = Schemas['ScheduledTime'];
export type NodeType = Schemas['NodeTypeView'];
export type Evaluation = Schemas['Evaluation'];

export type StartedExecution = Schemas['StartedView'];
export type ExecutionSummary = Schemas['ExecutionSummary'];
export type Execution = Schemas['ExecutionView'];
export type ExecutionStatus = Execution['status'];
export type LogEntry = Schemas['LogEntry'];

export type FormField = Schemas['FormField'];
export type FormSettings = Schemas['FormSettings'];
export type FormSummary = Schemas['FormSummary'];
export type Form = Schemas['FormView'];
export type FormVersionSummary = Schemas['FormVersionSummary'];
export type FormVersion = Schemas['FormVersionView'];
export type Submission = Schemas['SubmissionView'];
export type Upload = Schemas['UploadView'];

export type Credential = Schemas['CredentialView'];
export type Authorization = Schemas['Authorization'];
export type Integration = Schemas['IntegrationView'];
export type IntegrationTest = Schemas['TestResult'];
export type Connector = Schemas['CatalogEntry'];

export type Webhook = Schemas['WebhookView'];
export type CreatedWebhook = Schemas['CreatedWebhook'];
export type WebhookDetails = Schemas['WebhookDetails'];
export type RotatedSecret = Schemas['RotatedSecret'];
export type EventType = Schemas['EventTypeView'];
export type EventName = NonNullable<Schemas['SendTest']['event_type']>;
export type Delivery = Schemas['DeliveryView'];
export type DeliveryDetails = Schemas['DeliveryDetails'];
export type Redelivered = Schemas['Redelivered'];

/** What a webhook brings. New kinds of events and new fields may come: ignore what you do not know. */
export interface WebhookEvent<Data = Record<string, unknown>> {
  /** The same in each attempt: remember it, to handle an event once. */
  id: string;
  type: EventName | (string & {});
  created_at: string;
  data: Data;
}
