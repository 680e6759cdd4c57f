// Made from the OpenAPI document by `npm run generate`: do not edit.

export interface paths {
    "/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_api_keys"];
        put?: never;
        post: operations["create_api_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["delete_api_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_credentials"];
        put?: never;
        post: operations["create_credential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/oauth2/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["authorize"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/credentials/{credential_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_credential"];
        put?: never;
        post?: never;
        delete: operations["delete_credential"];
        options?: never;
        head?: never;
        patch: operations["update_credential"];
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_executions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/executions/{execution_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_execution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/executions/{execution_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["cancel_execution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/executions/{execution_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_logs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/executions/{execution_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retry_execution"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/expressions/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["evaluate_expression"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_forms"];
        put?: never;
        post: operations["create_form"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/{form_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_form"];
        put?: never;
        post?: never;
        delete: operations["delete_form"];
        options?: never;
        head?: never;
        patch: operations["update_form"];
        trace?: never;
    };
    "/forms/{form_id}/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_submissions"];
        put?: never;
        post: operations["create_submission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/{form_id}/submissions/{submission_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_submission"];
        put?: never;
        post?: never;
        delete: operations["delete_submission"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/{form_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_form_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/forms/{form_id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_form_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/integrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_integrations"];
        put?: never;
        post: operations["connect_integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/integrations/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/integrations/{integration_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_integration"];
        put?: never;
        post?: never;
        delete: operations["delete_integration"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/integrations/{integration_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["test_integration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/node-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_node_types"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_webhooks"];
        put?: never;
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_event_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        patch: operations["update_webhook"];
        trace?: never;
    };
    "/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_delivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["redeliver_failed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotate_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{webhook_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["send_test_event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_workflows"];
        put?: never;
        post: operations["create_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["validate_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_workflow"];
        put?: never;
        post?: never;
        delete: operations["delete_workflow"];
        options?: never;
        head?: never;
        patch: operations["update_workflow"];
        trace?: never;
    };
    "/workflows/{workflow_id}/duplicate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["duplicate_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["execute_workflow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/executions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_workflow_executions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_schedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/triggers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_triggers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["list_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/workflows/{workflow_id}/versions/{version}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["restore_version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Requests counted so far; this one is among them. */
        AccountUsage: {
            minute: components["schemas"]["WindowUsage"];
            day: components["schemas"]["WindowUsage"];
            api_keys: number;
        };
        /** @description The account, its plan, what the plan allows and what is used of it. */
        AccountView: {
            id: string;
            name: string;
            /** @enum {string} */
            plan: "free" | "starter" | "pro" | "business" | "unlimited";
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00Z
             */
            created_at: string;
            limits: components["schemas"]["PlanLimits"];
            usage: components["schemas"]["AccountUsage"];
        };
        AttemptView: {
            at: string;
            status_code: number | null;
            latency_ms: number | null;
            error: string | null;
            /** @description The first 2 KB of the answer's body, secrets masked. */
            response: string | null;
        };
        /** @description Where the person who owns the account at the provider has to go. */
        Authorization: {
            url: string;
            state: string;
            credential_id: string;
            redirect_uri: string;
            expires_at: string;
        };
        AuthorizeAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Authorization"];
        };
        /** @description Begin an authorization code flow with PKCE (RFC 6749 section 4.1, RFC 7636). */
        AuthorizeRequest: {
            name: string;
            client_id: string;
            /** @default  */
            client_secret?: string;
            /** @description Take URLs, scopes and hosts of this connector. */
            connector?: string | null;
            authorize_url?: string | null;
            token_url?: string | null;
            scope?: string | null;
            authorize_parameters?: {
                [key: string]: string;
            };
            allowed_hosts?: string[] | null;
            /** @description Authorize this credential of type oauth2 again. */
            credential_id?: string | null;
        };
        CancelExecutionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["ExecutionView"];
        };
        CatalogAction: {
            id: string;
            name: string;
            description: string;
            input_schema: {
                [key: string]: unknown;
            };
        };
        CatalogAuth: {
            /** @description Types of credentials that the connector takes. */
            types: string[];
            label: string;
            description: string;
        };
        /** @description A connector. */
        CatalogEntry: {
            id: string;
            name: string;
            description: string;
            category: string;
            docs: string;
            auth: components["schemas"]["CatalogAuth"][];
            /** @description JSON Schema of `config` of POST /integrations. */
            config_schema: {
                [key: string]: unknown;
            };
            rate_limit: {
                [key: string]: unknown;
            } | null;
            actions: components["schemas"]["CatalogAction"][];
        };
        ConnectIntegration: {
            /** @description Id of the connector, from the catalog. */
            provider: string;
            /** @description Needed, but for connectors that work without one. */
            credential_id?: string | null;
            name?: string | null;
            /** @description Settings that the connector names (a shop, a subdomain), or base_url: another server of the same service. */
            config?: {
                [key: string]: string;
            };
        };
        ConnectIntegrationAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["IntegrationView"];
        };
        CreateApiKeyAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CreatedKey"];
        };
        CreateCredential: {
            name: string;
            /** @enum {string} */
            type: "api_key" | "bearer" | "basic" | "header" | "query" | "oauth2_client_credentials" | "oauth2" | "aws";
            /** @description A string (api_key, bearer), or an object by type. Write-only: never returned. */
            value: string | Record<string, never>;
            allowed_hosts?: string[] | null;
            /** @description Take the allowed hosts of this connector. */
            connector?: string | null;
        };
        CreateCredentialAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CredentialView"];
        };
        CreateForm: {
            name: string;
            description?: string | null;
            fields: components["schemas"]["FormField"][];
            /** @default true */
            public?: boolean;
            settings?: components["schemas"]["FormSettings"];
        };
        CreateFormAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["FormView"];
        };
        /** @description A key to make. Without scopes it has those of the key that makes it. */
        CreateKey: {
            /** @description What the key is for. */
            name: string;
            /** @description What it may do. */
            scopes?: ("*" | "workflows:read" | "workflows:write" | "workflows:execute" | "executions:read" | "forms:read" | "forms:write" | "credentials:read" | "credentials:write" | "credentials:use" | "integrations:read" | "integrations:write" | "webhooks:read" | "webhooks:write" | "keys:read" | "keys:write" | "account:read")[] | null;
            /** @description From when on it is refused (ISO 8601, in the future). */
            expires_at?: string | null;
        };
        CreateSubmission: {
            data: {
                [key: string]: unknown;
            };
        };
        CreateSubmissionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["SubmissionView"];
        };
        CreateWebhook: {
            /** @description https; redirects are not followed. */
            url: string;
            /** @description Names of events, groups as `workflow.*`, or `*`: see GET /webhooks/events. */
            events: ("workflow.executed" | "workflow.failed" | "workflow.cancelled" | "workflow.published" | "execution.waiting" | "form.submitted" | "webhook.disabled" | "webhook.test" | "workflow.*" | "execution.*" | "form.*" | "webhook.*" | "*")[];
            /** @description Given none, one is made and shown in this answer only. */
            secret?: string | null;
            /** @default  */
            description?: string;
            /** @default true */
            enabled?: boolean;
            filter?: string | null;
            fields?: string[] | null;
            throttle?: number | null;
            headers?: {
                [key: string]: string;
            } | null;
        };
        CreateWebhookAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CreatedWebhook"];
        };
        CreateWorkflow: {
            name: string;
            description?: string | null;
            nodes?: components["schemas"]["WorkflowNode"][];
            edges?: components["schemas"]["WorkflowEdge"][];
            /** @description JSON by name; read-only in a run: $variables.<name>. */
            variables?: {
                [key: string]: unknown;
            };
            settings?: components["schemas"]["WorkflowSettings"];
            /** @description JSON Schema (2020-12) of an execution's input. */
            input_schema?: {
                [key: string]: unknown;
            } | null;
        };
        CreateWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WorkflowView"];
        };
        /** @description A new key. `key` is shown this once. */
        CreatedKey: {
            id: string;
            name: string;
            key: string;
            scopes: ("*" | "workflows:read" | "workflows:write" | "workflows:execute" | "executions:read" | "forms:read" | "forms:write" | "credentials:read" | "credentials:write" | "credentials:use" | "integrations:read" | "integrations:write" | "webhooks:read" | "webhooks:write" | "keys:read" | "keys:write" | "account:read")[];
            expires_at: string | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00Z
             */
            created_at: string;
        };
        CreatedWebhook: {
            id: string;
            url: string;
            events: string[];
            description: string;
            enabled: boolean;
            /** @enum {string} */
            status: "enabled" | "disabled";
            disabled_reason: ("gone" | "failing" | "manual") | null;
            disabled_at: string | null;
            /** @description What the account should know: why it is disabled, since when it fails. */
            notice: string | null;
            /** @description The first of the failures that no success has followed. */
            failing_since: string | null;
            filter: string | null;
            fields: string[] | null;
            throttle: number | null;
            /** @description Names of the custom headers; values are masked. */
            headers: {
                [key: string]: string;
            };
            /** @description Up to then the secret before the last rotation signs too. */
            previous_secret_expires_at: string | null;
            created_at: string;
            updated_at: string;
            /** @description The secret, when it was made here. Shown this once. */
            secret: string | null;
        };
        /** @description A credential as it is shown: no secret but the hint. */
        CredentialView: {
            id: string;
            name: string;
            /** @enum {string} */
            type: "api_key" | "bearer" | "basic" | "header" | "query" | "oauth2_client_credentials" | "oauth2" | "aws";
            /** @description At most the last four characters; none of a secret under 12 characters. */
            hint: string | null;
            allowed_hosts: string[];
            created_at: string;
            updated_at: string;
            /** @description At most an hour late. */
            last_used_at: string | null;
        };
        DeleteApiKeyAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        DeleteCredentialAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        DeleteFormAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        DeleteIntegrationAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        DeleteSubmissionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        DeleteWebhookAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        DeleteWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Deleted"];
        };
        /** @description What was deleted. */
        Deleted: {
            id: string;
            /**
             * @default true
             * @constant
             */
            deleted?: true;
        };
        DeliveryDetails: {
            id: string;
            webhook_id: string;
            /** @description Sent as `webhook-id`, the same for every attempt. */
            event_id: string;
            event_type: string;
            /** @enum {string} */
            status: "pending" | "succeeded" | "failed";
            attempts: components["schemas"]["AttemptView"][];
            next_attempt_at: string | null;
            created_at: string;
            completed_at: string | null;
            /** @description What is to be said beside the attempts, as that the endpoint was disabled. */
            note: string | null;
            /** @description The body as it is sent; null when it has expired. */
            payload: unknown;
        };
        /** @description One event on its way to one endpoint. */
        DeliveryView: {
            id: string;
            webhook_id: string;
            /** @description Sent as `webhook-id`, the same for every attempt. */
            event_id: string;
            event_type: string;
            /** @enum {string} */
            status: "pending" | "succeeded" | "failed";
            attempts: components["schemas"]["AttemptView"][];
            next_attempt_at: string | null;
            created_at: string;
            completed_at: string | null;
            /** @description What is to be said beside the attempts, as that the endpoint was disabled. */
            note: string | null;
        };
        DuplicateWorkflow: {
            /** @description Default: the name with " (copy)". */
            name?: string | null;
        };
        DuplicateWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WorkflowView"];
        };
        /** @description Every answer that is not a success. */
        Error: {
            /** @constant */
            success: false;
            error: {
                /**
                 * @description For programs.
                 * @enum {string}
                 */
                code: "VALIDATION_ERROR" | "UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "CONFLICT" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "RATE_LIMITED" | "INTERNAL_ERROR";
                /** @description For people. */
                message: string;
                /** @description For VALIDATION_ERROR a list of `{path, message, type}`; else an object by code, or null. */
                details?: unknown;
            };
        };
        /** @description Why a run failed. */
        ErrorView: {
            node_id: string | null;
            type: string;
            message: string;
            details?: unknown;
        };
        /** @description An expression to try. */
        Evaluate: {
            /** @description JSONata, or a text with `{{ expressions }}` in it. */
            expression: string;
            /** @description What it is evaluated on; `$input` as well. */
            input?: unknown;
            /** @description `$variables`. */
            variables?: {
                [key: string]: unknown;
            };
            /** @description `$nodes`: outputs by node id, as `{id: {output: ...}}`. */
            nodes?: {
                [key: string]: unknown;
            };
        };
        EvaluateExpressionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Evaluation"];
        };
        /** @description What the expression gives. */
        Evaluation: {
            /** @description The value; null when there is none. */
            result: unknown;
        };
        /** @description A kind of event. */
        EventTypeView: {
            type: string;
            description: string;
            /** @description JSON Schema (2020-12) of the payload. */
            schema: {
                [key: string]: unknown;
            };
            example: {
                [key: string]: unknown;
            };
        };
        /** @description What a run starts with. */
        ExecuteWorkflow: {
            /** @description JSON; must fit the workflow's input_schema where it has one. */
            input?: unknown;
            /** @description Default: the published version, else the draft. */
            version?: ("published" | "draft") | number | null;
        };
        ExecuteWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["StartedView"] | components["schemas"]["ExecutionView"];
        };
        /** @description A run in a list. */
        ExecutionSummary: {
            id: string;
            workflow_id: string;
            version: number;
            /** @enum {string} */
            status: "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";
            trigger: components["schemas"]["ExecutionsTriggerView"];
            started_at: string;
            completed_at: string | null;
            error: components["schemas"]["ErrorView"] | null;
            usage: components["schemas"]["UsageView"] | null;
            retry_of?: string | null;
        };
        /** @description A run. */
        ExecutionView: {
            id: string;
            workflow_id: string;
            version: number;
            /** @enum {string} */
            status: "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";
            trigger: components["schemas"]["ExecutionsTriggerView"];
            started_at: string;
            completed_at: string | null;
            error: components["schemas"]["ErrorView"] | null;
            usage: components["schemas"]["UsageView"] | null;
            retry_of?: string | null;
            input: unknown;
            /** @description Over 1 MB {"$ref": url, "size": bytes}; the link works for 5 minutes. */
            output: unknown;
            /** @description In the order of their start, up to 1 MB in all. */
            logs: components["schemas"]["LogEntry"][];
            /** @description Where GET /executions/{id}/logs goes on, when there are more. */
            logs_next_cursor?: string | null;
        };
        /** @description What started a run; more fields by type. */
        ExecutionsTriggerView: {
            type: string;
        } & {
            [key: string]: unknown;
        };
        /** @description One question of a form. Which of the rules a type knows is checked by :mod:`flows.forms.definition`. */
        FormField: {
            /** @description Key in the submission's data: letters, digits, _ and -, at most 64 characters; unique in the form. */
            name: string;
            /** @enum {string} */
            type: "text" | "textarea" | "email" | "number" | "tel" | "url" | "date" | "time" | "select" | "multiselect" | "radio" | "checkbox" | "rating" | "hidden";
            /** @description What people read; without it, the name. */
            label?: string | null;
            /**
             * @description There and not empty; a checkbox must be checked.
             * @default false
             */
            required?: boolean;
            placeholder?: string | null;
            help?: string | null;
            /** @description Taken when the field is not sent; must itself be valid. */
            default?: unknown;
            /** @description Choices of select, multiselect, radio, and of a group of checkboxes. */
            options?: (string | components["schemas"]["Option"])[] | null;
            /** @description Smallest number, rating, date or time; fewest choices of a multiselect. */
            min?: number | string | null;
            /** @description Greatest number, rating, date or time; most choices. */
            max?: number | string | null;
            min_length?: number | null;
            max_length?: number | null;
            /** @description An RE2 regular expression that the whole value must match. */
            pattern?: string | null;
            /** @description A JSONata expression over the data: a field it hides is neither required nor kept. */
            visible_if?: string | null;
        };
        /** @description How the hosted page behaves, and how long submissions are kept. */
        FormSettings: {
            submit_label?: string | null;
            /** @description Shown after a submission of the page. */
            success_message?: string | null;
            /** @description Where the page leads after a submission: a path of this site, or an https URL of one of redirect_hosts. */
            redirect_url?: string | null;
            redirect_hosts?: string[];
            /** @description Hosts whose pages may show the form in a frame, such as www.example.com or *.example.com. */
            embed_hosts?: string[];
            /** @description Submissions made from now on are deleted after so many days; without it they are kept. */
            retention_days?: number | null;
            /** @description ISO 3166 country of phone numbers without a + in front; without it they must have one. */
            phone_region?: string | null;
            /**
             * @description The hosted page takes nothing that was filled in faster (robots are fast); 0 turns it off.
             * @default 1
             */
            min_seconds?: number;
        };
        /** @description A form as lists show it. */
        FormSummary: {
            id: string;
            name: string;
            description: string | null;
            version: number;
            public: boolean;
            public_id: string;
            url: string;
            created_at: string;
            updated_at: string;
        };
        FormVersionSummary: {
            form_id: string;
            version: number;
            name: string;
            created_at: string;
        };
        FormVersionView: {
            form_id: string;
            version: number;
            name: string;
            created_at: string;
            description: string | null;
            fields: components["schemas"]["FormField"][];
        };
        /** @description A form whole. */
        FormView: {
            id: string;
            name: string;
            description: string | null;
            version: number;
            public: boolean;
            public_id: string;
            url: string;
            created_at: string;
            updated_at: string;
            fields: components["schemas"]["FormField"][];
            settings: components["schemas"]["FormSettings"];
            /** @description HTML that shows the hosted page in another page; its host must be one of settings.embed_hosts. */
            embed: string;
        };
        GetAccountAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["AccountView"];
        };
        GetCredentialAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CredentialView"];
        };
        GetDeliveryAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["DeliveryDetails"];
        };
        GetExecutionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["ExecutionView"];
        };
        GetFormAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["FormView"];
        };
        GetFormVersionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["FormVersionView"];
        };
        GetIntegrationAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["IntegrationView"];
        };
        GetScheduleAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["ScheduledTime"][];
        };
        GetSubmissionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["SubmissionView"];
        };
        GetVersionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["VersionView"];
        };
        GetWebhookAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookDetails"];
        };
        GetWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WorkflowView"];
        };
        /** @description A connected service. */
        IntegrationView: {
            id: string;
            provider: string;
            name: string;
            credential_id: string | null;
            config: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "connected" | "error" | "untested";
            last_tested_at: string | null;
            created_at: string;
        };
        /** @description A key, without the key itself. */
        KeyView: {
            id: string;
            name: string;
            scopes: ("*" | "workflows:read" | "workflows:write" | "workflows:execute" | "executions:read" | "forms:read" | "forms:write" | "credentials:read" | "credentials:write" | "credentials:use" | "integrations:read" | "integrations:write" | "webhooks:read" | "webhooks:write" | "keys:read" | "keys:write" | "account:read")[];
            expires_at: string | null;
            /**
             * Format: date-time
             * @example 2024-01-15T10:00:00Z
             */
            created_at: string;
            /** @description Kept to the hour. */
            last_used_at: string | null;
        };
        ListApiKeysAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["KeyView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListCatalogAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CatalogEntry"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListCredentialsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CredentialView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListDeliveriesAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["DeliveryView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListEventDeliveriesAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["DeliveryView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListEventsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["EventTypeView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListExecutionsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["ExecutionSummary"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListFormVersionsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["FormVersionSummary"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListFormsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["FormSummary"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListIntegrationsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["IntegrationView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListLogsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["LogEntry"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListNodeTypesAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["NodeTypeView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListSubmissionsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["SubmissionView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListTriggersAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["TriggersTriggerView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListVersionsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["VersionSummary"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListWebhooksAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookView"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListWorkflowExecutionsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["ExecutionSummary"][];
            meta: components["schemas"]["PageMeta"];
        };
        ListWorkflowsAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WorkflowSummary"][];
            meta: components["schemas"]["PageMeta"];
        };
        /** @description One run of a node. */
        LogEntry: {
            node_id: string;
            type: string;
            /** @enum {string} */
            status: "completed" | "failed" | "skipped" | "waiting" | "cancelled";
            attempt: number;
            started_at: string;
            completed_at: string | null;
            duration_ms: number | null;
            /** @description Over 10 KB the beginning of its JSON: {"$cut": text, "size": bytes}. */
            input: unknown;
            /** @description Likewise. */
            output: unknown;
            error: {
                [key: string]: unknown;
            } | null;
            /** @description [] or, in loops, [foreach node id, index] pairs. */
            scope: [
                string,
                number
            ][];
        };
        /** @description A node type. */
        NodeTypeView: {
            type: string;
            title: string;
            description: string;
            /** @enum {string} */
            category: "trigger" | "flow" | "data" | "action";
            /** @description Whether it starts runs. */
            trigger: boolean;
            /** @description Whether it touches the outside world. */
            effect: boolean;
            /** @description Through which it can be left; null: they follow from its parameters. */
            ports: string[] | null;
            /** @description JSON Schema (2020-12) of its parameters. */
            parameters_schema: {
                [key: string]: unknown;
            };
            /** @description Parameters and input, and what comes out. */
            examples: {
                [key: string]: unknown;
            }[];
        };
        /** @description One choice: what is stored, and what people read. */
        Option: {
            value: string;
            label: string;
        };
        /** @description Where a list stands. By page: page, limit, total. By cursor: limit, next_cursor, has_more. The first answer of a list has all. */
        PageMeta: {
            /** @description Items a page. */
            limit: number;
            /** @description The page's number. */
            page?: number | null;
            /** @description Items in the whole list under the same filters. */
            total?: number | null;
            /** @description Where to go on; null at the end. */
            next_cursor?: string | null;
            /** @description Whether another page follows. */
            has_more?: boolean | null;
        };
        /** @description Any subset; what is not there stays as it is. `settings` is replaced as a whole. */
        PatchForm: {
            name?: string | null;
            description?: string | null;
            fields?: components["schemas"]["FormField"][] | null;
            public?: boolean | null;
            settings?: components["schemas"]["FormSettings"] | null;
        };
        /** @description What the plan allows; null is no limit. */
        PlanLimits: {
            requests_per_minute: number | null;
            requests_per_day: number | null;
            /** @description Days that finished executions are kept. */
            retention_days: number;
            max_concurrent_runs: number;
        };
        ProblemView: {
            path: string;
            message: string;
            type: string;
        };
        RedeliverAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["DeliveryView"];
        };
        RedeliverFailed: {
            /** @description ISO 8601; of events from then on. */
            since: string;
            /** @description ISO 8601; before then. */
            until?: string | null;
        };
        RedeliverFailedAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Redelivered"];
        };
        Redelivered: {
            redelivered: number;
            /** @description There were more than one call takes: call again. */
            has_more: boolean;
        };
        RestoreVersionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WorkflowView"];
        };
        /** @description How a run is tried again. */
        RetryExecution: {
            /** @description Run this node and all behind it again, whatever they did; a completed execution needs it. */
            from_node?: string | null;
            /** @description Default: the version of that execution. */
            version?: ("published" | "draft") | number | null;
        };
        RetryExecutionAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["StartedView"] | components["schemas"]["ExecutionView"];
        };
        /** @description When a failed node is tried again. Without it there is one attempt. */
        RetryPolicy: {
            /** @description Attempts in all (default 3). */
            max_attempts?: number | null;
            /** @description First pause (default 1). */
            interval_seconds?: number | null;
            /** @description Factor on each pause (default 2). */
            backoff_rate?: number | null;
            /** @description Longest pause (default 300). */
            max_delay_seconds?: number | null;
            /** @description Expression over $failure and $attempt; replaces the rule of what is retried. */
            when?: string | null;
        };
        RotateSecret: {
            /** @description Given none, one is made and shown in this answer only. */
            secret?: string | null;
        };
        RotateSecretAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["RotatedSecret"];
        };
        RotatedSecret: {
            id: string;
            /** @description The new secret, when it was made here. Shown this once. */
            secret: string | null;
            previous_secret_expires_at: string;
        };
        /** @description A moment at which a schedule will start the workflow. */
        ScheduledTime: {
            node_id: string;
            scheduled_at: string;
            timezone: string;
            /** @description The same moment on the clock of that time zone. */
            local_time: string;
        };
        SendTest: {
            /**
             * @default webhook.test
             * @enum {string}
             */
            event_type?: "workflow.executed" | "workflow.failed" | "workflow.cancelled" | "workflow.published" | "execution.waiting" | "form.submitted" | "webhook.disabled" | "webhook.test";
        };
        SendTestEventAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["DeliveryView"];
        };
        /** @description A run that has been started. */
        StartedView: {
            execution_id: string;
            /** @enum {string} */
            status: "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";
            started_at: string;
        };
        /** @description Attempts of the last 24 hours, by full hours. */
        StatisticsView: {
            since: string;
            attempts: number;
            succeeded: number;
            failed: number;
            /** @description From 0 to 1; null without attempts. */
            success_rate: number | null;
            /** @description Within 10 %. */
            latency_p50_ms: number | null;
            latency_p95_ms: number | null;
        };
        SubmissionView: {
            id: string;
            form_id: string;
            form_version: number;
            submitted_at: string;
            /** @enum {string} */
            source: "api" | "page";
            data: {
                [key: string]: unknown;
            };
        };
        TestIntegrationAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["TestResult"];
        };
        /** @description What the provider's test endpoint said. */
        TestResult: {
            ok: boolean;
            /** @description HTTP status; null when there was no answer. */
            status_code: number | null;
            latency_ms: number;
            message: string;
            /** @enum {string} */
            reason: "ok" | "credentials" | "unreachable" | "rate_limited" | "provider_error" | "configuration";
        };
        /** @description What last kept a trigger from starting the workflow. */
        TriggerError: {
            message: string;
            at: string;
        };
        /** @description One of the things that can start a workflow. */
        TriggersTriggerView: {
            node_id: string;
            type: string;
            /** @description Whether the published version has it. A draft's triggers start nothing, but for `test_url`. */
            active: boolean;
            /** @description Of a published webhook: where requests go. */
            url?: string | null;
            /** @description Of a draft's webhook: runs the draft. */
            test_url?: string | null;
            /** @description Of a webhook: the methods that it takes. */
            methods?: string[] | null;
            /** @description Of a published schedule: its next moment. */
            next_at?: string | null;
            /** @description The newest execution that it started. */
            last_started_at: string | null;
            /** @description What last kept it from starting one. */
            last_error: components["schemas"]["TriggerError"] | null;
        };
        UpdateCredential: {
            name?: string | null;
            /** @description A string (api_key, bearer), or an object by type. Write-only: never returned. */
            value?: string | Record<string, never>;
            allowed_hosts?: string[] | null;
        };
        UpdateCredentialAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["CredentialView"];
        };
        UpdateFormAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["FormView"];
        };
        /** @description What is not there stays as it is; null takes `filter`, `fields`, `throttle` and `headers` away. */
        UpdateWebhook: {
            /** @description https; redirects are not followed. */
            url?: string;
            /** @description Names of events, groups as `workflow.*`, or `*`: see GET /webhooks/events. */
            events?: ("workflow.executed" | "workflow.failed" | "workflow.cancelled" | "workflow.published" | "execution.waiting" | "form.submitted" | "webhook.disabled" | "webhook.test" | "workflow.*" | "execution.*" | "form.*" | "webhook.*" | "*")[];
            description?: string;
            enabled?: boolean;
            filter?: string | null;
            fields?: string[] | null;
            throttle?: number | null;
            headers?: {
                [key: string]: string;
            } | null;
        };
        UpdateWebhookAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WebhookView"];
        };
        UpdateWorkflow: {
            name?: string;
            description?: string | null;
            /**
             * @description published pins the present definition; draft takes it out of service.
             * @default draft
             * @enum {string}
             */
            status?: "draft" | "published";
            nodes?: components["schemas"]["WorkflowNode"][];
            edges?: components["schemas"]["WorkflowEdge"][];
            /** @description JSON by name; read-only in a run: $variables.<name>. */
            variables?: {
                [key: string]: unknown;
            };
            settings?: components["schemas"]["WorkflowSettings"];
            /** @description JSON Schema (2020-12) of an execution's input. */
            input_schema?: {
                [key: string]: unknown;
            } | null;
        };
        UpdateWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["WorkflowView"];
        };
        /** @description What a run took. */
        UsageView: {
            state_transitions: number;
            invocations: number;
            duration_ms: number;
            read_units: number;
            write_units: number;
            estimated_cost_usd: number;
        };
        ValidateWorkflow: {
            name?: string;
            description?: string | null;
            nodes?: components["schemas"]["WorkflowNode"][];
            edges?: components["schemas"]["WorkflowEdge"][];
            /** @description JSON by name; read-only in a run: $variables.<name>. */
            variables?: {
                [key: string]: unknown;
            };
            settings?: components["schemas"]["WorkflowSettings"];
            /** @description JSON Schema (2020-12) of an execution's input. */
            input_schema?: {
                [key: string]: unknown;
            } | null;
        };
        ValidateWorkflowAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["Validation"];
        };
        /** @description What is wrong with a definition. */
        Validation: {
            valid: boolean;
            problems: components["schemas"]["ProblemView"][];
        };
        /** @description A version in a list. */
        VersionSummary: {
            version: number;
            created_at: string;
            /** @description It is the version that triggers run. */
            published: boolean;
            node_count: number;
        };
        /** @description A version of a workflow. */
        VersionView: {
            nodes: {
                [key: string]: unknown;
            }[];
            edges: {
                [key: string]: unknown;
            }[];
            variables: {
                [key: string]: unknown;
            };
            settings: {
                [key: string]: unknown;
            };
            input_schema: {
                [key: string]: unknown;
            } | null;
            workflow_id: string;
            version: number;
            created_at: string;
            published: boolean;
        };
        WebhookDetails: {
            id: string;
            url: string;
            events: string[];
            description: string;
            enabled: boolean;
            /** @enum {string} */
            status: "enabled" | "disabled";
            disabled_reason: ("gone" | "failing" | "manual") | null;
            disabled_at: string | null;
            /** @description What the account should know: why it is disabled, since when it fails. */
            notice: string | null;
            /** @description The first of the failures that no success has followed. */
            failing_since: string | null;
            filter: string | null;
            fields: string[] | null;
            throttle: number | null;
            /** @description Names of the custom headers; values are masked. */
            headers: {
                [key: string]: string;
            };
            /** @description Up to then the secret before the last rotation signs too. */
            previous_secret_expires_at: string | null;
            created_at: string;
            updated_at: string;
            statistics: components["schemas"]["StatisticsView"];
        };
        /** @description An endpoint as it is shown: no secret, no value of a header. */
        WebhookView: {
            id: string;
            url: string;
            events: string[];
            description: string;
            enabled: boolean;
            /** @enum {string} */
            status: "enabled" | "disabled";
            disabled_reason: ("gone" | "failing" | "manual") | null;
            disabled_at: string | null;
            /** @description What the account should know: why it is disabled, since when it fails. */
            notice: string | null;
            /** @description The first of the failures that no success has followed. */
            failing_since: string | null;
            filter: string | null;
            fields: string[] | null;
            throttle: number | null;
            /** @description Names of the custom headers; values are masked. */
            headers: {
                [key: string]: string;
            };
            /** @description Up to then the secret before the last rotation signs too. */
            previous_secret_expires_at: string | null;
            created_at: string;
            updated_at: string;
        };
        /** @description Requests in the present window. */
        WindowUsage: {
            used: number;
            limit: number | null;
            /** @description When the window ends, in seconds since 1970. */
            reset: number;
        };
        /** @description A connection from a node's port to another node. */
        WorkflowEdge: {
            source: string;
            target: string;
            /** @description Default "main". */
            source_port?: string | null;
        };
        /** @description A node of a workflow. Its parameters are those of its type: see GET /node-types. */
        WorkflowNode: {
            /** @description Unique in its graph; expressions name it: $nodes.<id>.output. */
            id: string;
            /** @description A node type, such as http_request. */
            type: string;
            name?: string | null;
            /** @description By type. Strings may hold {{ expression }}. */
            parameters?: {
                [key: string]: unknown;
            };
            credential_id?: string | null;
            retry?: components["schemas"]["RetryPolicy"] | null;
            timeout_seconds?: number | null;
            /** @description Default "fail". */
            on_error?: ("fail" | "continue" | "route") | null;
            /** @description A disabled node hands its input on through main. */
            disabled?: boolean | null;
            /** @description Where an editor draws it. */
            position?: unknown;
            notes?: string | null;
        };
        /** @description How the workflow runs. */
        WorkflowSettings: {
            /** @description Deadline of a run, at most 360 days. */
            timeout_seconds?: number | null;
            /** @description Runs at the same time. */
            max_concurrency?: number | null;
            /** @description Text with expressions over the input: max_concurrency counts for each of its values. */
            concurrency_key?: string | null;
            /** @description Workflow that a failed run starts. */
            on_failure_workflow_id?: string | null;
            /** @description How much is walked between two recorded hand-backs. Default "node". */
            stepping?: ("node" | "each" | "segment") | null;
        };
        /** @description A workflow in a list. */
        WorkflowSummary: {
            id: string;
            name: string;
            /** @enum {string} */
            status: "draft" | "published";
            version: number;
            created_at: string;
            updated_at: string;
        };
        /** @description A workflow with its newest definition. */
        WorkflowView: {
            nodes: {
                [key: string]: unknown;
            }[];
            edges: {
                [key: string]: unknown;
            }[];
            variables: {
                [key: string]: unknown;
            };
            settings: {
                [key: string]: unknown;
            };
            input_schema: {
                [key: string]: unknown;
            } | null;
            id: string;
            name: string;
            description: string;
            /** @enum {string} */
            status: "draft" | "published";
            /** @description Of the definition shown; each change of the definition makes a new one. */
            version: number;
            /** @description The version that triggers run. */
            published_version: number | null;
            has_unpublished_changes: boolean;
            created_at: string;
            updated_at: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "acct_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Acme",
                     *         "plan": "pro",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "limits": {
                     *           "requests_per_minute": 300,
                     *           "requests_per_day": 50000,
                     *           "retention_days": 30,
                     *           "max_concurrent_runs": 50
                     *         },
                     *         "usage": {
                     *           "minute": {
                     *             "used": 1,
                     *             "limit": 300,
                     *             "reset": 1705764600
                     *           },
                     *           "day": {
                     *             "used": 1,
                     *             "limit": 50000,
                     *             "reset": 1705764600
                     *           },
                     *           "api_keys": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetAccountAnswer"];
                };
            };
        };
    };
    list_api_keys: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List API keys */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "key_01hmk6b1m0ex4mp1e000000020",
                     *           "name": "First key",
                     *           "scopes": [
                     *             "*"
                     *           ],
                     *           "expires_at": null,
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "last_used_at": "2024-01-20T15:30:00.000Z"
                     *         },
                     *         {
                     *           "id": "key_01hmk6b1m0ex4mp1e000000010",
                     *           "name": "CI",
                     *           "scopes": [
                     *             "workflows:execute",
                     *             "workflows:read"
                     *           ],
                     *           "expires_at": "2030-01-15T10:00:00.000Z",
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "last_used_at": null
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 2,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListApiKeysAnswer"];
                };
            };
        };
    };
    create_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "CI",
                 *       "scopes": [
                 *         "workflows:read",
                 *         "workflows:execute"
                 *       ],
                 *       "expires_at": "2030-01-15T10:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["CreateKey"];
            };
        };
        responses: {
            /** @description Create API key */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "key_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "CI",
                     *         "key": "ya_live_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEKEY",
                     *         "scopes": [
                     *           "workflows:execute",
                     *           "workflows:read"
                     *         ],
                     *         "expires_at": "2030-01-15T10:00:00.000Z",
                     *         "created_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CreateApiKeyAnswer"];
                };
            };
        };
    };
    delete_api_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoke API key */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "key_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteApiKeyAnswer"];
                };
            };
        };
    };
    list_credentials: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List credentials */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *           "name": "Slack Bot Token",
                     *           "type": "api_key",
                     *           "hint": "oken",
                     *           "allowed_hosts": [],
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "updated_at": "2024-01-20T15:30:00.000Z",
                     *           "last_used_at": null
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListCredentialsAnswer"];
                };
            };
        };
    };
    create_credential: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Slack Bot Token",
                 *       "type": "api_key",
                 *       "value": "xoxb-your-token"
                 *     }
                 */
                "application/json": components["schemas"]["CreateCredential"];
            };
        };
        responses: {
            /** @description Create credential */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Slack Bot Token",
                     *         "type": "api_key",
                     *         "hint": "oken",
                     *         "allowed_hosts": [],
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "last_used_at": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CreateCredentialAnswer"];
                };
            };
        };
    };
    authorize: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Google",
                 *       "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
                 *       "token_url": "https://oauth2.googleapis.com/token",
                 *       "client_id": "client-id",
                 *       "client_secret": "client-secret",
                 *       "scope": "https://www.googleapis.com/auth/gmail.send"
                 *     }
                 */
                "application/json": components["schemas"]["AuthorizeRequest"];
            };
        };
        responses: {
            /** @description Begin an OAuth2 authorization */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "url": "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=client-id&redirect_uri=https%3A%2F%2Fapi.yourapp.com%2Fv1%2Foauth%2Fcallback&state=...&code_challenge=...&code_challenge_method=S256&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fgmail.send",
                     *         "state": "WyJhY2N0XzAxbThicThyOGF3dHljZmJuMW00Y3EyZnhtIiwiY3JlZF8wMW04YnFheHZicTY0OHFyNTk0MHY4cjVqZCIsIlFpOGltNVNsMzZUTDhCWVhjVUxBbzZFelJvZm9RT3hzIiwxNzk1NjkwNTAzXQ.CgnM19vV4pQKGZpMC23A3MHHmhZIjgUh5pz-D7qqKQ8",
                     *         "credential_id": "cred_01hmk6b1m0ex4mp1e000000020",
                     *         "redirect_uri": "https://api.yourapp.com/v1/oauth/callback",
                     *         "expires_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AuthorizeAnswer"];
                };
            };
        };
    };
    get_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get credential */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Slack Bot Token",
                     *         "type": "api_key",
                     *         "hint": "oken",
                     *         "allowed_hosts": [],
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "last_used_at": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetCredentialAnswer"];
                };
            };
        };
    };
    delete_credential: {
        parameters: {
            query?: {
                /** @description Delete it although published workflows use it. */
                force?: boolean;
            };
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete credential */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteCredentialAnswer"];
                };
            };
        };
    };
    update_credential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                credential_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "value": "xoxb-your-new-token"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateCredential"];
            };
        };
        responses: {
            /** @description Rotate or rename a credential */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Slack Bot Token",
                     *         "type": "api_key",
                     *         "hint": "oken",
                     *         "allowed_hosts": [],
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "last_used_at": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateCredentialAnswer"];
                };
            };
        };
    };
    get_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    list_executions: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
                /** @description Only executions of this status. */
                status?: "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";
                /** @description Started at this time or later (ISO 8601). */
                from?: string;
                /** @description Started before this time (ISO 8601). */
                to?: string;
                /** @description Only executions of this workflow. */
                workflow_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List executions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "exec_01hmk6b1m0ex4mp1e000000010",
                     *           "workflow_id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *           "version": 1,
                     *           "status": "completed",
                     *           "trigger": {
                     *             "type": "api"
                     *           },
                     *           "started_at": "2024-01-20T15:30:00.000Z",
                     *           "completed_at": "2024-01-20T15:30:00.000Z",
                     *           "error": null,
                     *           "usage": {
                     *             "state_transitions": 4,
                     *             "invocations": 1,
                     *             "duration_ms": 305,
                     *             "read_units": 1.5,
                     *             "write_units": 6,
                     *             "estimated_cost_usd": 0.0001082
                     *           }
                     *         }
                     *       ],
                     *       "meta": {
                     *         "limit": 20,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListExecutionsAnswer"];
                };
            };
        };
    };
    get_execution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get execution */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "exec_01hmk6b1m0ex4mp1e000000010",
                     *         "workflow_id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "version": 1,
                     *         "status": "completed",
                     *         "trigger": {
                     *           "type": "api"
                     *         },
                     *         "started_at": "2024-01-20T15:30:00.000Z",
                     *         "completed_at": "2024-01-20T15:30:00.000Z",
                     *         "error": null,
                     *         "usage": {
                     *           "state_transitions": 4,
                     *           "invocations": 1,
                     *           "duration_ms": 305,
                     *           "read_units": 1.5,
                     *           "write_units": 6,
                     *           "estimated_cost_usd": 0.0001082
                     *         },
                     *         "input": {
                     *           "email": "user@example.com",
                     *           "name": "John Doe"
                     *         },
                     *         "output": {
                     *           "text": "Hello John Doe"
                     *         },
                     *         "logs": [
                     *           {
                     *             "node_id": "lead",
                     *             "type": "manual",
                     *             "status": "completed",
                     *             "attempt": 1,
                     *             "started_at": "2024-01-20T15:30:00.000Z",
                     *             "completed_at": "2024-01-20T15:30:00.000Z",
                     *             "duration_ms": 1,
                     *             "input": {
                     *               "email": "user@example.com",
                     *               "name": "John Doe"
                     *             },
                     *             "output": {
                     *               "email": "user@example.com",
                     *               "name": "John Doe"
                     *             },
                     *             "error": null,
                     *             "scope": []
                     *           },
                     *           {
                     *             "node_id": "greet",
                     *             "type": "set",
                     *             "status": "completed",
                     *             "attempt": 1,
                     *             "started_at": "2024-01-20T15:30:00.000Z",
                     *             "completed_at": "2024-01-20T15:30:00.000Z",
                     *             "duration_ms": 269,
                     *             "input": {
                     *               "email": "user@example.com",
                     *               "name": "John Doe"
                     *             },
                     *             "output": {
                     *               "text": "Hello John Doe"
                     *             },
                     *             "error": null,
                     *             "scope": []
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetExecutionAnswer"];
                };
            };
        };
    };
    cancel_execution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancel execution */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "exec_01hmk6b1m0ex4mp1e000000030",
                     *         "workflow_id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "version": 1,
                     *         "status": "cancelled",
                     *         "trigger": {
                     *           "type": "api"
                     *         },
                     *         "started_at": "2024-01-20T15:30:00.000Z",
                     *         "completed_at": "2024-01-20T15:30:00.000Z",
                     *         "error": null,
                     *         "usage": {
                     *           "state_transitions": 0,
                     *           "invocations": 0,
                     *           "duration_ms": 0,
                     *           "read_units": 0,
                     *           "write_units": 1,
                     *           "estimated_cost_usd": 6.3e-7
                     *         },
                     *         "input": {},
                     *         "output": null,
                     *         "logs": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CancelExecutionAnswer"];
                };
            };
        };
    };
    list_logs: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List an execution's logs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "node_id": "lead",
                     *           "type": "manual",
                     *           "status": "completed",
                     *           "attempt": 1,
                     *           "started_at": "2024-01-20T15:30:00.000Z",
                     *           "completed_at": "2024-01-20T15:30:00.000Z",
                     *           "duration_ms": 1,
                     *           "input": {
                     *             "email": "user@example.com",
                     *             "name": "John Doe"
                     *           },
                     *           "output": {
                     *             "email": "user@example.com",
                     *             "name": "John Doe"
                     *           },
                     *           "error": null,
                     *           "scope": []
                     *         },
                     *         {
                     *           "node_id": "greet",
                     *           "type": "set",
                     *           "status": "completed",
                     *           "attempt": 1,
                     *           "started_at": "2024-01-20T15:30:00.000Z",
                     *           "completed_at": "2024-01-20T15:30:00.000Z",
                     *           "duration_ms": 269,
                     *           "input": {
                     *             "email": "user@example.com",
                     *             "name": "John Doe"
                     *           },
                     *           "output": {
                     *             "text": "Hello John Doe"
                     *           },
                     *           "error": null,
                     *           "scope": []
                     *         }
                     *       ],
                     *       "meta": {
                     *         "limit": 20,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListLogsAnswer"];
                };
            };
        };
    };
    retry_execution: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                execution_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "from_node": "greet"
                 *     }
                 */
                "application/json": components["schemas"]["RetryExecution"];
            };
        };
        responses: {
            /** @description Retry execution */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "execution_id": "exec_01hmk6b1m0ex4mp1e000000020",
                     *         "status": "running",
                     *         "started_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RetryExecutionAnswer"];
                };
            };
            /** @description Retry execution */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "execution_id": "exec_01hmk6b1m0ex4mp1e000000020",
                     *         "status": "running",
                     *         "started_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RetryExecutionAnswer"];
                };
            };
        };
    };
    evaluate_expression: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expression": "items[price > 10].name",
                 *       "input": {
                 *         "items": [
                 *           {
                 *             "name": "pen",
                 *             "price": 12
                 *           }
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Evaluate"];
            };
        };
        responses: {
            /** @description Evaluate an expression */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "result": "pen"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["EvaluateExpressionAnswer"];
                };
            };
        };
    };
    list_forms: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
                /** @description A part of the name, in any case. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List forms */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "form_01hmk6b1m0ex4mp1e000000010",
                     *           "name": "Contact Form",
                     *           "description": null,
                     *           "version": 1,
                     *           "public": true,
                     *           "public_id": "EXAMPLEEXAMPLEEXAMPLE",
                     *           "url": "https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE",
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "updated_at": "2024-01-20T15:30:00.000Z"
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListFormsAnswer"];
                };
            };
        };
    };
    create_form: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Contact Form",
                 *       "fields": [
                 *         {
                 *           "name": "email",
                 *           "type": "email",
                 *           "required": true
                 *         },
                 *         {
                 *           "name": "message",
                 *           "type": "textarea",
                 *           "required": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateForm"];
            };
        };
        responses: {
            /** @description Create form */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Contact Form",
                     *         "description": null,
                     *         "version": 1,
                     *         "public": true,
                     *         "public_id": "EXAMPLEEXAMPLEEXAMPLE",
                     *         "url": "https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "fields": [
                     *           {
                     *             "name": "email",
                     *             "type": "email",
                     *             "required": true
                     *           },
                     *           {
                     *             "name": "message",
                     *             "type": "textarea",
                     *             "required": true
                     *           }
                     *         ],
                     *         "settings": {
                     *           "redirect_hosts": [],
                     *           "embed_hosts": [],
                     *           "min_seconds": 1
                     *         },
                     *         "embed": "<iframe src=\"https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE\" title=\"Contact Form\" loading=\"lazy\" style=\"width:100%;height:640px;border:0\"></iframe>"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CreateFormAnswer"];
                };
            };
        };
    };
    get_form: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                form_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get form */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Contact Form",
                     *         "description": null,
                     *         "version": 1,
                     *         "public": true,
                     *         "public_id": "EXAMPLEEXAMPLEEXAMPLE",
                     *         "url": "https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "fields": [
                     *           {
                     *             "name": "email",
                     *             "type": "email",
                     *             "required": true
                     *           },
                     *           {
                     *             "name": "message",
                     *             "type": "textarea",
                     *             "required": true
                     *           }
                     *         ],
                     *         "settings": {
                     *           "redirect_hosts": [],
                     *           "embed_hosts": [],
                     *           "min_seconds": 1
                     *         },
                     *         "embed": "<iframe src=\"https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE\" title=\"Contact Form\" loading=\"lazy\" style=\"width:100%;height:640px;border:0\"></iframe>"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetFormAnswer"];
                };
            };
        };
    };
    delete_form: {
        parameters: {
            query?: {
                /** @description Delete the form's submissions with it. */
                force?: boolean;
            };
            header?: never;
            path: {
                form_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete form */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteFormAnswer"];
                };
            };
        };
    };
    update_form: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                form_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Contact us"
                 *     }
                 */
                "application/json": components["schemas"]["PatchForm"];
            };
        };
        responses: {
            /** @description Update form */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Contact us",
                     *         "description": null,
                     *         "version": 2,
                     *         "public": true,
                     *         "public_id": "EXAMPLEEXAMPLEEXAMPLE",
                     *         "url": "https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "fields": [
                     *           {
                     *             "name": "email",
                     *             "type": "email",
                     *             "required": true
                     *           },
                     *           {
                     *             "name": "message",
                     *             "type": "textarea",
                     *             "required": true
                     *           }
                     *         ],
                     *         "settings": {
                     *           "redirect_hosts": [],
                     *           "embed_hosts": [],
                     *           "min_seconds": 1
                     *         },
                     *         "embed": "<iframe src=\"https://api.yourapp.com/v1/f/EXAMPLEEXAMPLEEXAMPLE\" title=\"Contact us\" loading=\"lazy\" style=\"width:100%;height:640px;border:0\"></iframe>"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateFormAnswer"];
                };
            };
        };
    };
    list_submissions: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
                /** @description Submitted at this time or later (ISO 8601). */
                from?: string;
                /** @description Submitted before this time (ISO 8601). */
                to?: string;
                /** @description csv: all rows of the range in one file; a large one is a 303 to a link. */
                format?: "json" | "csv";
            };
            header?: never;
            path: {
                form_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get submissions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "sub_01hmk6b1m0ex4mp1e000000010",
                     *           "form_id": "form_01hmk6b1m0ex4mp1e000000010",
                     *           "form_version": 1,
                     *           "submitted_at": "2024-01-20T15:30:00.000Z",
                     *           "source": "api",
                     *           "data": {
                     *             "email": "user@example.com",
                     *             "message": "Hello!"
                     *           }
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListSubmissionsAnswer"];
                };
            };
        };
    };
    create_submission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                form_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "data": {
                 *         "email": "user@example.com",
                 *         "message": "Hello!"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateSubmission"];
            };
        };
        responses: {
            /** @description Submit form */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "sub_01hmk6b1m0ex4mp1e000000010",
                     *         "form_id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "form_version": 1,
                     *         "submitted_at": "2024-01-20T15:30:00.000Z",
                     *         "source": "api",
                     *         "data": {
                     *           "email": "user@example.com",
                     *           "message": "Hello!"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CreateSubmissionAnswer"];
                };
            };
        };
    };
    get_submission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                form_id: string;
                submission_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get submission */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "sub_01hmk6b1m0ex4mp1e000000010",
                     *         "form_id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "form_version": 1,
                     *         "submitted_at": "2024-01-20T15:30:00.000Z",
                     *         "source": "api",
                     *         "data": {
                     *           "email": "user@example.com",
                     *           "message": "Hello!"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetSubmissionAnswer"];
                };
            };
        };
    };
    delete_submission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                form_id: string;
                submission_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete submission */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "sub_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteSubmissionAnswer"];
                };
            };
        };
    };
    list_form_versions: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                form_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List a form's versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "form_id": "form_01hmk6b1m0ex4mp1e000000010",
                     *           "version": 2,
                     *           "name": "Contact us",
                     *           "created_at": "2024-01-20T15:30:00.000Z"
                     *         },
                     *         {
                     *           "form_id": "form_01hmk6b1m0ex4mp1e000000010",
                     *           "version": 1,
                     *           "name": "Contact Form",
                     *           "created_at": "2024-01-20T15:30:00.000Z"
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 2,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListFormVersionsAnswer"];
                };
            };
        };
    };
    get_form_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                form_id: string;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get a form's version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "form_id": "form_01hmk6b1m0ex4mp1e000000010",
                     *         "version": 1,
                     *         "name": "Contact Form",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "description": null,
                     *         "fields": [
                     *           {
                     *             "name": "email",
                     *             "type": "email",
                     *             "required": true
                     *           },
                     *           {
                     *             "name": "message",
                     *             "type": "textarea",
                     *             "required": true
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetFormVersionAnswer"];
                };
            };
        };
    };
    list_integrations: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List connected integrations */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "int_01hmk6b1m0ex4mp1e000000010",
                     *           "provider": "slack",
                     *           "name": "Our Slack",
                     *           "credential_id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *           "config": {},
                     *           "status": "untested",
                     *           "last_tested_at": null,
                     *           "created_at": "2024-01-20T15:30:00.000Z"
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListIntegrationsAnswer"];
                };
            };
        };
    };
    connect_integration: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "provider": "slack",
                 *       "credential_id": "cred_01j9z3k4m5n6p7q8r9s0t1v2w3",
                 *       "name": "Our Slack"
                 *     }
                 */
                "application/json": components["schemas"]["ConnectIntegration"];
            };
        };
        responses: {
            /** @description Connect a service */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "int_01hmk6b1m0ex4mp1e000000010",
                     *         "provider": "slack",
                     *         "name": "Our Slack",
                     *         "credential_id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *         "config": {},
                     *         "status": "untested",
                     *         "last_tested_at": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ConnectIntegrationAnswer"];
                };
            };
        };
    };
    list_catalog: {
        parameters: {
            query?: {
                /** @description Items a page; without it all come at once. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List connectors */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "airtable",
                     *           "name": "Airtable",
                     *           "description": "Records of bases and tables.",
                     *           "category": "productivity",
                     *           "docs": "https://airtable.com/developers/web/api/introduction",
                     *           "auth": [
                     *             {
                     *               "types": [
                     *                 "bearer",
                     *                 "api_key"
                     *               ],
                     *               "label": "Personal access token",
                     *               "description": "A token with data.records:read and data.records:write."
                     *             },
                     *             {
                     *               "types": [
                     *                 "oauth2"
                     *               ],
                     *               "label": "Sign in with Airtable",
                     *               "description": ""
                     *             }
                     *           ],
                     *           "config_schema": {
                     *             "type": "object",
                     *             "properties": {
                     *               "base_url": {
                     *                 "type": "string",
                     *                 "title": "Base URL",
                     *                 "description": "Another server of the same service."
                     *               }
                     *             },
                     *             "required": [],
                     *             "additionalProperties": false
                     *           },
                     *           "rate_limit": {
                     *             "requests": 5,
                     *             "per_seconds": 1,
                     *             "note": "A base; after a 429 wait 30 seconds."
                     *           },
                     *           "actions": [
                     *             {
                     *               "id": "list_records",
                     *               "name": "List records",
                     *               "description": "",
                     *               "input_schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "base_id": {
                     *                     "type": "string",
                     *                     "description": "app..."
                     *                   },
                     *                   "table": {
                     *                     "type": "string",
                     *                     "description": "The table's name or id"
                     *                   },
                     *                   "filter_by_formula": {
                     *                     "type": "string"
                     *                   },
                     *                   "view": {
                     *                     "type": "string"
                     *                   },
                     *                   "fields": {
                     *                     "type": "array",
                     *                     "items": {
                     *                       "type": "string"
                     *                     }
                     *                   },
                     *                   "sort_field": {
                     *                     "type": "string"
                     *                   },
                     *                   "sort_direction": {
                     *                     "type": "string",
                     *                     "enum": [
                     *                       "asc",
                     *                       "desc"
                     *                     ]
                     *                   },
                     *                   "max_records": {
                     *                     "type": "integer",
                     *                     "minimum": 1
                     *                   },
                     *                   "page_size": {
                     *                     "type": "integer",
                     *                     "minimum": 1,
                     *                     "maximum": 100
                     *                   },
                     *                   "offset": {
                     *                     "type": "string"
                     *                   },
                     *                   "all_pages": {
                     *                     "type": "boolean",
                     *                     "description": "Read on to the last page (at most max_pages).",
                     *                     "default": false
                     *                   },
                     *                   "max_pages": {
                     *                     "type": "integer",
                     *                     "minimum": 1,
                     *                     "maximum": 100,
                     *                     "default": 10
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "base_id",
                     *                   "table"
                     *                 ],
                     *                 "additionalProperties": false
                     *               }
                     *             },
                     *             {
                     *               "id": "get_record",
                     *               "name": "Get a record",
                     *               "description": "",
                     *               "input_schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "base_id": {
                     *                     "type": "string",
                     *                     "description": "app..."
                     *                   },
                     *                   "table": {
                     *                     "type": "string",
                     *                     "description": "The table's name or id"
                     *                   },
                     *                   "record_id": {
                     *                     "type": "string"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "base_id",
                     *                   "table",
                     *                   "record_id"
                     *                 ],
                     *                 "additionalProperties": false
                     *               }
                     *             },
                     *             {
                     *               "id": "create_record",
                     *               "name": "Create a record",
                     *               "description": "",
                     *               "input_schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "base_id": {
                     *                     "type": "string",
                     *                     "description": "app..."
                     *                   },
                     *                   "table": {
                     *                     "type": "string",
                     *                     "description": "The table's name or id"
                     *                   },
                     *                   "fields": {
                     *                     "type": "object"
                     *                   },
                     *                   "typecast": {
                     *                     "type": "boolean",
                     *                     "description": "Turn texts into the fields' types"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "base_id",
                     *                   "table",
                     *                   "fields"
                     *                 ],
                     *                 "additionalProperties": false
                     *               }
                     *             },
                     *             {
                     *               "id": "create_records",
                     *               "name": "Create up to ten records",
                     *               "description": "",
                     *               "input_schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "base_id": {
                     *                     "type": "string",
                     *                     "description": "app..."
                     *                   },
                     *                   "table": {
                     *                     "type": "string",
                     *                     "description": "The table's name or id"
                     *                   },
                     *                   "records": {
                     *                     "type": "array",
                     *                     "items": {
                     *                       "type": "object"
                     *                     },
                     *                     "maxItems": 10,
                     *                     "description": "A list of fields, one object a record"
                     *                   },
                     *                   "typecast": {
                     *                     "type": "boolean",
                     *                     "description": "Turn texts into the fields' types"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "base_id",
                     *                   "table",
                     *                   "records"
                     *                 ],
                     *                 "additionalProperties": false
                     *               }
                     *             },
                     *             {
                     *               "id": "update_record",
                     *               "name": "Update a record",
                     *               "description": "",
                     *               "input_schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "base_id": {
                     *                     "type": "string",
                     *                     "description": "app..."
                     *                   },
                     *                   "table": {
                     *                     "type": "string",
                     *                     "description": "The table's name or id"
                     *                   },
                     *                   "record_id": {
                     *                     "type": "string"
                     *                   },
                     *                   "fields": {
                     *                     "type": "object"
                     *                   },
                     *                   "typecast": {
                     *                     "type": "boolean",
                     *                     "description": "Turn texts into the fields' types"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "base_id",
                     *                   "table",
                     *                   "record_id",
                     *                   "fields"
                     *                 ],
                     *                 "additionalProperties": false
                     *               }
                     *             },
                     *             {
                     *               "id": "delete_record",
                     *               "name": "Delete a record",
                     *               "description": "",
                     *               "input_schema": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "base_id": {
                     *                     "type": "string",
                     *                     "description": "app..."
                     *                   },
                     *                   "table": {
                     *                     "type": "string",
                     *                     "description": "The table's name or id"
                     *                   },
                     *                   "record_id": {
                     *                     "type": "string"
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "base_id",
                     *                   "table",
                     *                   "record_id"
                     *                 ],
                     *                 "additionalProperties": false
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 1,
                     *         "total": 30,
                     *         "next_cursor": "xyz789",
                     *         "has_more": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListCatalogAnswer"];
                };
            };
        };
    };
    get_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                integration_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get integration */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "int_01hmk6b1m0ex4mp1e000000010",
                     *         "provider": "slack",
                     *         "name": "Our Slack",
                     *         "credential_id": "cred_01hmk6b1m0ex4mp1e000000010",
                     *         "config": {},
                     *         "status": "untested",
                     *         "last_tested_at": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetIntegrationAnswer"];
                };
            };
        };
    };
    delete_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                integration_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Disconnect a service */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "int_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteIntegrationAnswer"];
                };
            };
        };
    };
    test_integration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                integration_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Test integration */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "ok": false,
                     *         "status_code": null,
                     *         "latency_ms": 139,
                     *         "message": "Slack cannot be reached: The host name could not be resolved.",
                     *         "reason": "unreachable"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TestIntegrationAnswer"];
                };
            };
        };
    };
    list_node_types: {
        parameters: {
            query?: {
                /** @description Items a page; without it all come at once. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List node types */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "type": "error",
                     *           "title": "Error trigger",
                     *           "description": "Starts the workflow when another one has failed.",
                     *           "category": "trigger",
                     *           "trigger": true,
                     *           "effect": false,
                     *           "ports": [
                     *             "main"
                     *           ],
                     *           "parameters_schema": {
                     *             "additionalProperties": false,
                     *             "properties": {
                     *               "workflow_ids": {
                     *                 "anyOf": [
                     *                   {
                     *                     "items": {
                     *                       "maxLength": 64,
                     *                       "minLength": 1,
                     *                       "type": "string"
                     *                     },
                     *                     "maxItems": 100,
                     *                     "minItems": 1,
                     *                     "type": "array"
                     *                   },
                     *                   {
                     *                     "type": "null"
                     *                   }
                     *                 ],
                     *                 "default": null,
                     *                 "description": "The workflows that are watched (without it: all).",
                     *                 "title": "Workflow Ids"
                     *               }
                     *             },
                     *             "title": "ErrorParameters",
                     *             "type": "object"
                     *           },
                     *           "examples": [
                     *             {
                     *               "description": "The failure is the output.",
                     *               "parameters": {},
                     *               "port": "main",
                     *               "input": {
                     *                 "execution": {
                     *                   "id": "exec_01hmk6b1m0ex4mp1e000000050"
                     *                 },
                     *                 "workflow": {
                     *                   "id": "wf_01hmk6b1m0ex4mp1e000000040",
                     *                   "name": "Orders"
                     *                 },
                     *                 "node": {
                     *                   "id": "fetch",
                     *                   "type": "http_request"
                     *                 },
                     *                 "error": {
                     *                   "type": "HttpError",
                     *                   "message": "The server answered 500",
                     *                   "details": null
                     *                 }
                     *               },
                     *               "output": {
                     *                 "execution": {
                     *                   "id": "exec_01hmk6b1m0ex4mp1e000000050"
                     *                 },
                     *                 "workflow": {
                     *                   "id": "wf_01hmk6b1m0ex4mp1e000000040",
                     *                   "name": "Orders"
                     *                 },
                     *                 "node": {
                     *                   "id": "fetch",
                     *                   "type": "http_request"
                     *                 },
                     *                 "error": {
                     *                   "type": "HttpError",
                     *                   "message": "The server answered 500",
                     *                   "details": null
                     *                 }
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 1,
                     *         "total": 33,
                     *         "next_cursor": "xyz789",
                     *         "has_more": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListNodeTypesAnswer"];
                };
            };
        };
    };
    get_openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get the OpenAPI document */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List webhooks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *           "url": "https://yoursite.com/webhook",
                     *           "events": [
                     *             "workflow.executed",
                     *             "form.submitted"
                     *           ],
                     *           "description": "",
                     *           "enabled": true,
                     *           "status": "enabled",
                     *           "disabled_reason": null,
                     *           "disabled_at": null,
                     *           "notice": null,
                     *           "failing_since": null,
                     *           "filter": null,
                     *           "fields": null,
                     *           "throttle": null,
                     *           "headers": {},
                     *           "previous_secret_expires_at": null,
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "updated_at": "2024-01-20T15:30:00.000Z"
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListWebhooksAnswer"];
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://yoursite.com/webhook",
                 *       "events": [
                 *         "workflow.executed",
                 *         "form.submitted"
                 *       ],
                 *       "secret": "your-webhook-secret"
                 *     }
                 */
                "application/json": components["schemas"]["CreateWebhook"];
            };
        };
        responses: {
            /** @description Create webhook */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "url": "https://yoursite.com/webhook",
                     *         "events": [
                     *           "workflow.executed",
                     *           "form.submitted"
                     *         ],
                     *         "description": "",
                     *         "enabled": true,
                     *         "status": "enabled",
                     *         "disabled_reason": null,
                     *         "disabled_at": null,
                     *         "notice": null,
                     *         "failing_since": null,
                     *         "filter": null,
                     *         "fields": null,
                     *         "throttle": null,
                     *         "headers": {},
                     *         "previous_secret_expires_at": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "secret": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CreateWebhookAnswer"];
                };
            };
        };
    };
    list_event_deliveries: {
        parameters: {
            query: {
                event_id: string;
                /** @description Items a page; without it all come at once. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List an event's deliveries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "dlv_01hmk6b1m0ex4mp1e000000010",
                     *           "webhook_id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *           "event_id": "evt_01hmk6b1m0ex4mp1e000000020",
                     *           "event_type": "workflow.executed",
                     *           "status": "pending",
                     *           "attempts": [
                     *             {
                     *               "at": "2024-01-20T15:30:00.000Z",
                     *               "status_code": null,
                     *               "latency_ms": null,
                     *               "error": "The host name could not be resolved.",
                     *               "response": null
                     *             }
                     *           ],
                     *           "next_attempt_at": "2024-01-20T15:30:00.000Z",
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "completed_at": null,
                     *           "note": null
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 1,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListEventDeliveriesAnswer"];
                };
            };
        };
    };
    list_events: {
        parameters: {
            query?: {
                /** @description Items a page; without it all come at once. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "type": "workflow.executed",
                     *           "description": "A run of a workflow has completed.",
                     *           "schema": {
                     *             "$schema": "https://json-schema.org/draft/2020-12/schema",
                     *             "title": "workflow.executed",
                     *             "description": "A run of a workflow has completed.",
                     *             "type": "object",
                     *             "properties": {
                     *               "id": {
                     *                 "type": "string",
                     *                 "pattern": "^evt_[0-9a-z]+$",
                     *                 "description": "The same for every attempt: skip repeats by it."
                     *               },
                     *               "type": {
                     *                 "const": "workflow.executed"
                     *               },
                     *               "created_at": {
                     *                 "type": "string",
                     *                 "format": "date-time",
                     *                 "description": "When it happened."
                     *               },
                     *               "data": {
                     *                 "type": "object",
                     *                 "properties": {
                     *                   "execution_id": {
                     *                     "type": "string"
                     *                   },
                     *                   "workflow_id": {
                     *                     "type": "string"
                     *                   },
                     *                   "workflow_name": {
                     *                     "type": "string"
                     *                   },
                     *                   "version": {
                     *                     "type": "integer",
                     *                     "minimum": 1
                     *                   },
                     *                   "status": {
                     *                     "const": "completed"
                     *                   },
                     *                   "trigger": {
                     *                     "type": "object",
                     *                     "properties": {
                     *                       "type": {
                     *                         "type": "string"
                     *                       }
                     *                     },
                     *                     "required": [
                     *                       "type"
                     *                     ]
                     *                   },
                     *                   "started_at": {
                     *                     "type": "string",
                     *                     "format": "date-time"
                     *                   },
                     *                   "completed_at": {
                     *                     "type": "string",
                     *                     "format": "date-time"
                     *                   },
                     *                   "output": {
                     *                     "description": "JSON; `{\"$truncated\": true, \"size\": bytes}` where it is too large to be sent."
                     *                   }
                     *                 },
                     *                 "required": [
                     *                   "execution_id",
                     *                   "workflow_id",
                     *                   "workflow_name",
                     *                   "version",
                     *                   "status",
                     *                   "trigger",
                     *                   "started_at",
                     *                   "completed_at"
                     *                 ]
                     *               }
                     *             },
                     *             "required": [
                     *               "id",
                     *               "type",
                     *               "created_at",
                     *               "data"
                     *             ]
                     *           },
                     *           "example": {
                     *             "id": "evt_01hmk6b1m0ex4mp1e000000010",
                     *             "type": "workflow.executed",
                     *             "created_at": "2024-01-20T15:30:05.000Z",
                     *             "data": {
                     *               "execution_id": "exec_01hmk6b1m0ex4mp1e000000040",
                     *               "workflow_id": "wf_01hmk6b1m0ex4mp1e000000030",
                     *               "workflow_name": "Lead Notification",
                     *               "version": 3,
                     *               "status": "completed",
                     *               "trigger": {
                     *                 "type": "api"
                     *               },
                     *               "started_at": "2024-01-20T15:30:00.000Z",
                     *               "completed_at": "2024-01-20T15:30:05.000Z",
                     *               "output": {
                     *                 "notified": true
                     *               }
                     *             }
                     *           }
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 1,
                     *         "total": 8,
                     *         "next_cursor": "xyz789",
                     *         "has_more": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListEventsAnswer"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "url": "https://yoursite.com/webhook",
                     *         "events": [
                     *           "workflow.executed",
                     *           "form.submitted"
                     *         ],
                     *         "description": "",
                     *         "enabled": true,
                     *         "status": "enabled",
                     *         "disabled_reason": null,
                     *         "disabled_at": null,
                     *         "notice": null,
                     *         "failing_since": null,
                     *         "filter": null,
                     *         "fields": null,
                     *         "throttle": null,
                     *         "headers": {},
                     *         "previous_secret_expires_at": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z",
                     *         "statistics": {
                     *           "since": "2024-01-20T15:30:00.000Z",
                     *           "attempts": 0,
                     *           "succeeded": 0,
                     *           "failed": 0,
                     *           "success_rate": null,
                     *           "latency_p50_ms": null,
                     *           "latency_p95_ms": null
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetWebhookAnswer"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteWebhookAnswer"];
                };
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "events": [
                 *         "workflow.*"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["UpdateWebhook"];
            };
        };
        responses: {
            /** @description Update webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "url": "https://yoursite.com/webhook",
                     *         "events": [
                     *           "workflow.*"
                     *         ],
                     *         "description": "",
                     *         "enabled": true,
                     *         "status": "enabled",
                     *         "disabled_reason": null,
                     *         "disabled_at": null,
                     *         "notice": null,
                     *         "failing_since": null,
                     *         "filter": null,
                     *         "fields": null,
                     *         "throttle": null,
                     *         "headers": {},
                     *         "previous_secret_expires_at": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateWebhookAnswer"];
                };
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
                /** @description Only deliveries of this status. */
                status?: "pending" | "succeeded" | "failed";
                /** @description Only deliveries of this kind of event. */
                event_type?: string;
                /** @description Only the delivery of this event. */
                event_id?: string;
            };
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List deliveries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "dlv_01hmk6b1m0ex4mp1e000000010",
                     *           "webhook_id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *           "event_id": "evt_01hmk6b1m0ex4mp1e000000020",
                     *           "event_type": "workflow.executed",
                     *           "status": "pending",
                     *           "attempts": [
                     *             {
                     *               "at": "2024-01-20T15:30:00.000Z",
                     *               "status_code": null,
                     *               "latency_ms": null,
                     *               "error": "The host name could not be resolved.",
                     *               "response": null
                     *             }
                     *           ],
                     *           "next_attempt_at": "2024-01-20T15:30:00.000Z",
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "completed_at": null,
                     *           "note": "A test."
                     *         }
                     *       ],
                     *       "meta": {
                     *         "limit": 20,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListDeliveriesAnswer"];
                };
            };
        };
    };
    get_delivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get delivery */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "dlv_01hmk6b1m0ex4mp1e000000010",
                     *         "webhook_id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "event_id": "evt_01hmk6b1m0ex4mp1e000000020",
                     *         "event_type": "workflow.executed",
                     *         "status": "pending",
                     *         "attempts": [
                     *           {
                     *             "at": "2024-01-20T15:30:00.000Z",
                     *             "status_code": null,
                     *             "latency_ms": null,
                     *             "error": "The host name could not be resolved.",
                     *             "response": null
                     *           }
                     *         ],
                     *         "next_attempt_at": "2024-01-20T15:30:00.000Z",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "completed_at": null,
                     *         "note": "A test.",
                     *         "payload": {
                     *           "id": "evt_01hmk6b1m0ex4mp1e000000020",
                     *           "type": "workflow.executed",
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "data": {
                     *             "execution_id": "exec_01hmk6b1m0ex4mp1e000000040",
                     *             "workflow_id": "wf_01hmk6b1m0ex4mp1e000000030",
                     *             "workflow_name": "Lead Notification",
                     *             "version": 3,
                     *             "status": "completed",
                     *             "trigger": {
                     *               "type": "api"
                     *             },
                     *             "started_at": "2024-01-20T15:30:00.000Z",
                     *             "completed_at": "2024-01-20T15:30:05.000Z",
                     *             "output": {
                     *               "notified": true
                     *             }
                     *           }
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetDeliveryAnswer"];
                };
            };
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Redeliver */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "dlv_01hmk6b1m0ex4mp1e000000010",
                     *         "webhook_id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "event_id": "evt_01hmk6b1m0ex4mp1e000000020",
                     *         "event_type": "workflow.executed",
                     *         "status": "pending",
                     *         "attempts": [
                     *           {
                     *             "at": "2024-01-20T15:30:00.000Z",
                     *             "status_code": null,
                     *             "latency_ms": null,
                     *             "error": "The host name could not be resolved.",
                     *             "response": null
                     *           }
                     *         ],
                     *         "next_attempt_at": "2024-01-20T15:30:00.000Z",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "completed_at": null,
                     *         "note": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RedeliverAnswer"];
                };
            };
        };
    };
    redeliver_failed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "since": "2024-01-15T10:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["RedeliverFailed"];
            };
        };
        responses: {
            /** @description Redeliver failures */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "redelivered": 0,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RedeliverFailedAnswer"];
                };
            };
        };
    };
    rotate_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["RotateSecret"] | null;
            };
        };
        responses: {
            /** @description Rotate the secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "secret": "whsec_ZXhhbXBsZS1leGFtcGxlLWV4YW1wbGU=",
                     *         "previous_secret_expires_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RotateSecretAnswer"];
                };
            };
        };
    };
    send_test_event: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "event_type": "workflow.executed"
                 *     }
                 */
                "application/json": components["schemas"]["SendTest"] | null;
            };
        };
        responses: {
            /** @description Send a test */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "dlv_01hmk6b1m0ex4mp1e000000010",
                     *         "webhook_id": "wh_01hmk6b1m0ex4mp1e000000010",
                     *         "event_id": "evt_01hmk6b1m0ex4mp1e000000020",
                     *         "event_type": "workflow.executed",
                     *         "status": "pending",
                     *         "attempts": [],
                     *         "next_attempt_at": "2024-01-20T15:30:00.000Z",
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "completed_at": null,
                     *         "note": "A test."
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SendTestEventAnswer"];
                };
            };
        };
    };
    list_workflows: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
                /** @description Only workflows of this status. */
                status?: "draft" | "published";
                /** @description A part of the name, in any case. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List workflows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *           "name": "Updated Name",
                     *           "status": "published",
                     *           "version": 1,
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "updated_at": "2024-01-20T15:30:00.000Z"
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListWorkflowsAnswer"];
                };
            };
        };
    };
    create_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Lead Notification",
                 *       "description": "Notify sales on new leads",
                 *       "nodes": [
                 *         {
                 *           "id": "lead",
                 *           "type": "set",
                 *           "parameters": {
                 *             "values": {
                 *               "email": "{{ email }}",
                 *               "big": "{{ employees > 500 }}"
                 *             }
                 *           }
                 *         },
                 *         {
                 *           "id": "big",
                 *           "type": "if",
                 *           "parameters": {
                 *             "condition": "big"
                 *           }
                 *         }
                 *       ],
                 *       "edges": [
                 *         {
                 *           "source": "lead",
                 *           "target": "big"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateWorkflow"];
            };
        };
        responses: {
            /** @description Create workflow */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Lead Notification",
                     *         "description": "Notify sales on new leads",
                     *         "status": "draft",
                     *         "version": 1,
                     *         "published_version": null,
                     *         "has_unpublished_changes": false,
                     *         "nodes": [
                     *           {
                     *             "id": "lead",
                     *             "type": "manual"
                     *           },
                     *           {
                     *             "id": "greet",
                     *             "type": "set",
                     *             "parameters": {
                     *               "values": {
                     *                 "text": "{{ 'Hello ' & name }}"
                     *               }
                     *             }
                     *           }
                     *         ],
                     *         "edges": [
                     *           {
                     *             "source": "lead",
                     *             "target": "greet"
                     *           }
                     *         ],
                     *         "variables": {},
                     *         "settings": {},
                     *         "input_schema": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CreateWorkflowAnswer"];
                };
            };
        };
    };
    validate_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Lead Notification",
                 *       "description": "Notify sales on new leads",
                 *       "nodes": [
                 *         {
                 *           "id": "lead",
                 *           "type": "set",
                 *           "parameters": {
                 *             "values": {
                 *               "email": "{{ email }}",
                 *               "big": "{{ employees > 500 }}"
                 *             }
                 *           }
                 *         },
                 *         {
                 *           "id": "big",
                 *           "type": "if",
                 *           "parameters": {
                 *             "condition": "big"
                 *           }
                 *         }
                 *       ],
                 *       "edges": [
                 *         {
                 *           "source": "lead",
                 *           "target": "big"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ValidateWorkflow"];
            };
        };
        responses: {
            /** @description Validate workflow */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "valid": true,
                     *         "problems": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ValidateWorkflowAnswer"];
                };
            };
        };
    };
    get_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get workflow */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Updated Name",
                     *         "description": "Notify sales on new leads",
                     *         "status": "published",
                     *         "version": 1,
                     *         "published_version": 1,
                     *         "has_unpublished_changes": false,
                     *         "nodes": [
                     *           {
                     *             "id": "lead",
                     *             "type": "manual"
                     *           },
                     *           {
                     *             "id": "greet",
                     *             "type": "set",
                     *             "parameters": {
                     *               "values": {
                     *                 "text": "{{ 'Hello ' & name }}"
                     *               }
                     *             }
                     *           }
                     *         ],
                     *         "edges": [
                     *           {
                     *             "source": "lead",
                     *             "target": "greet"
                     *           }
                     *         ],
                     *         "variables": {},
                     *         "settings": {},
                     *         "input_schema": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetWorkflowAnswer"];
                };
            };
        };
    };
    delete_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete workflow */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "deleted": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeleteWorkflowAnswer"];
                };
            };
        };
    };
    update_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Updated Name",
                 *       "status": "published"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateWorkflow"];
            };
        };
        responses: {
            /** @description Update workflow */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Updated Name",
                     *         "description": "Notify sales on new leads",
                     *         "status": "published",
                     *         "version": 1,
                     *         "published_version": 1,
                     *         "has_unpublished_changes": false,
                     *         "nodes": [
                     *           {
                     *             "id": "lead",
                     *             "type": "manual"
                     *           },
                     *           {
                     *             "id": "greet",
                     *             "type": "set",
                     *             "parameters": {
                     *               "values": {
                     *                 "text": "{{ 'Hello ' & name }}"
                     *               }
                     *             }
                     *           }
                     *         ],
                     *         "edges": [
                     *           {
                     *             "source": "lead",
                     *             "target": "greet"
                     *           }
                     *         ],
                     *         "variables": {},
                     *         "settings": {},
                     *         "input_schema": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UpdateWorkflowAnswer"];
                };
            };
        };
    };
    duplicate_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "A copy"
                 *     }
                 */
                "application/json": components["schemas"]["DuplicateWorkflow"];
            };
        };
        responses: {
            /** @description Duplicate workflow */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wf_01hmk6b1m0ex4mp1e000000020",
                     *         "name": "A copy",
                     *         "description": "Notify sales on new leads",
                     *         "status": "draft",
                     *         "version": 1,
                     *         "published_version": null,
                     *         "has_unpublished_changes": false,
                     *         "nodes": [
                     *           {
                     *             "id": "lead",
                     *             "type": "manual"
                     *           },
                     *           {
                     *             "id": "greet",
                     *             "type": "set",
                     *             "parameters": {
                     *               "values": {
                     *                 "text": "{{ 'Hello ' & name }}"
                     *               }
                     *             }
                     *           }
                     *         ],
                     *         "edges": [
                     *           {
                     *             "source": "lead",
                     *             "target": "greet"
                     *           }
                     *         ],
                     *         "variables": {},
                     *         "settings": {},
                     *         "input_schema": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DuplicateWorkflowAnswer"];
                };
            };
        };
    };
    execute_workflow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "input": {
                 *         "email": "user@example.com",
                 *         "name": "John Doe"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ExecuteWorkflow"];
            };
        };
        responses: {
            /** @description Execute workflow */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "execution_id": "exec_01hmk6b1m0ex4mp1e000000010",
                     *         "status": "running",
                     *         "started_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ExecuteWorkflowAnswer"];
                };
            };
            /** @description Execute workflow */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "execution_id": "exec_01hmk6b1m0ex4mp1e000000010",
                     *         "status": "running",
                     *         "started_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ExecuteWorkflowAnswer"];
                };
            };
        };
    };
    list_workflow_executions: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
                /** @description Only executions of this status. */
                status?: "pending" | "running" | "waiting" | "completed" | "failed" | "cancelled";
                /** @description Started at this time or later (ISO 8601). */
                from?: string;
                /** @description Started before this time (ISO 8601). */
                to?: string;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List a workflow's executions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "id": "exec_01hmk6b1m0ex4mp1e000000010",
                     *           "workflow_id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *           "version": 1,
                     *           "status": "completed",
                     *           "trigger": {
                     *             "type": "api"
                     *           },
                     *           "started_at": "2024-01-20T15:30:00.000Z",
                     *           "completed_at": "2024-01-20T15:30:00.000Z",
                     *           "error": null,
                     *           "usage": {
                     *             "state_transitions": 4,
                     *             "invocations": 1,
                     *             "duration_ms": 305,
                     *             "read_units": 1.5,
                     *             "write_units": 6,
                     *             "estimated_cost_usd": 0.0001082
                     *           }
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListWorkflowExecutionsAnswer"];
                };
            };
        };
    };
    get_schedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": []
                     *     }
                     */
                    "application/json": components["schemas"]["GetScheduleAnswer"];
                };
            };
        };
    };
    list_triggers: {
        parameters: {
            query?: {
                /** @description Items a page; without it all come at once. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List triggers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 1,
                     *         "total": 0,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListTriggersAnswer"];
                };
            };
        };
    };
    list_versions: {
        parameters: {
            query?: {
                /** @description Items a page. */
                limit?: number;
                /** @description Page number, from 1. Not together with cursor. */
                page?: number;
                /** @description Where to go on: next_cursor of the answer before. */
                cursor?: string;
            };
            header?: never;
            path: {
                workflow_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description List versions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": [
                     *         {
                     *           "version": 1,
                     *           "created_at": "2024-01-20T15:30:00.000Z",
                     *           "published": true,
                     *           "node_count": 2
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "next_cursor": null,
                     *         "has_more": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ListVersionsAnswer"];
                };
            };
        };
    };
    get_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Get version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "workflow_id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "version": 1,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "published": true,
                     *         "nodes": [
                     *           {
                     *             "id": "lead",
                     *             "type": "manual"
                     *           },
                     *           {
                     *             "id": "greet",
                     *             "type": "set",
                     *             "parameters": {
                     *               "values": {
                     *                 "text": "{{ 'Hello ' & name }}"
                     *               }
                     *             }
                     *           }
                     *         ],
                     *         "edges": [
                     *           {
                     *             "source": "lead",
                     *             "target": "greet"
                     *           }
                     *         ],
                     *         "variables": {},
                     *         "settings": {},
                     *         "input_schema": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["GetVersionAnswer"];
                };
            };
        };
    };
    restore_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                workflow_id: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Restore version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "success": true,
                     *       "data": {
                     *         "id": "wf_01hmk6b1m0ex4mp1e000000010",
                     *         "name": "Updated Name",
                     *         "description": "Notify sales on new leads",
                     *         "status": "published",
                     *         "version": 1,
                     *         "published_version": 1,
                     *         "has_unpublished_changes": false,
                     *         "nodes": [
                     *           {
                     *             "id": "lead",
                     *             "type": "manual"
                     *           },
                     *           {
                     *             "id": "greet",
                     *             "type": "set",
                     *             "parameters": {
                     *               "values": {
                     *                 "text": "{{ 'Hello ' & name }}"
                     *               }
                     *             }
                     *           }
                     *         ],
                     *         "edges": [
                     *           {
                     *             "source": "lead",
                     *             "target": "greet"
                     *           }
                     *         ],
                     *         "variables": {},
                     *         "settings": {},
                     *         "input_schema": null,
                     *         "created_at": "2024-01-20T15:30:00.000Z",
                     *         "updated_at": "2024-01-20T15:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RestoreVersionAnswer"];
                };
            };
        };
    };
}
