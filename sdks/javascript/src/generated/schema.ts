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
    "/forms/{form_id}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["create_upload"];
        delete?: never;
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
    "/hooks/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["call_hook_get"];
        put: operations["call_hook_put"];
        post: operations["call_hook_post"];
        delete: operations["call_hook_delete"];
        options?: never;
        head?: never;
        patch: operations["call_hook_patch"];
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
        /** @description Requests counted so far, this one among them, and executions under way. */
        AccountUsage: {
            minute: components["schemas"]["WindowUsage"];
            day: components["schemas"]["WindowUsage"];
            runs: components["schemas"]["RunUsage"];
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
            /** @description The page of the service's documentation that the action follows. */
            docs: string;
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
            value: string | Record<string, unknown>;
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
        /** @description A file that is to be sent. */
        CreateUpload: {
            /** @description The form's field that it answers. */
            field: string;
            /** @description What the file is called. */
            name: string;
            /** @description Its media type, such as application/pdf. */
            content_type: string;
            /** @description Its size in bytes. */
            size: number;
        };
        CreateUploadAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["UploadView"];
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
        DecideApprovalAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["DecisionView"];
        };
        /** @description A decision that a program has handed on. */
        DecisionView: {
            /** @description `approved` or `rejected`: what the link stands for. */
            decision: string;
            by: string | null;
            comment: string | null;
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
            /** @description Of a pending execution: the limit of executions at once, of the account's plan or the workflow's, that holds it back. */
            waiting_for?: ("account_concurrency" | "workflow_concurrency") | null;
            /** @description Where GET /executions/{id}/logs goes on, when there are more. */
            logs_next_cursor?: string | null;
        };
        /** @description What started a run; more fields by type. */
        ExecutionsTriggerView: {
            type: string;
        } & {
            [key: string]: unknown;
        };
        FileLink: {
            url: string;
            expires_at: string;
        };
        /** @description One question of a form. Which of the rules a type knows is checked by :mod:`flows.forms.definition`. */
        FormField: {
            /** @description Key in the submission's data: letters, digits, _ and -, at most 64 characters; unique in the form. */
            name: string;
            /** @enum {string} */
            type: "text" | "textarea" | "email" | "number" | "tel" | "url" | "date" | "time" | "select" | "multiselect" | "radio" | "checkbox" | "rating" | "hidden" | "file";
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
            /** @description Media types that a file may have, such as application/pdf or image/*. */
            accept?: string[] | null;
            /** @description Bytes that a file may have; without it, 10 MB. */
            max_size?: number | null;
            /** @description A JSONata expression (braces allowed) over the data: a field it hides is neither required nor kept. */
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
            /** @description ISO 3166 country of phone numbers without a + in front. With it all must exist in their countries' plans. */
            phone_region?: string | null;
            /**
             * @description The hosted page takes nothing that was filled in faster (robots are fast). 0: no such trap, and pages of your own may post to `url`.
             * @default 0
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
            /** @description Executions under way at once; others stay pending until one ends or waits. Of the plan, or the account's own. */
            max_concurrent_runs: number | null;
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
        /** @description Executions under way. */
        RunUsage: {
            /** @description Executions that have a place now; those that wait for a time or an answer need none. null: no limit, not counted. */
            running: number | null;
            limit: number | null;
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
            /** @description Links to the files of the data, by field; where one submission is asked for. */
            files?: {
                [key: string]: components["schemas"]["FileLink"];
            } | null;
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
        /** @description Any subset; what is not there stays as it is. */
        UpdateCredential: {
            name?: string;
            /** @description A string (api_key, bearer), or an object by type. Write-only: never returned. */
            value?: string | Record<string, unknown>;
            /** @description Hosts that the credential may be sent to: host, host:port or *.domain. Empty: any public host. */
            allowed_hosts?: string[];
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
        UploadFileAnswer: {
            /** @constant */
            success: true;
            data: components["schemas"]["UploadView"];
        };
        /** @description How the file is sent: a POST of multipart/form-data with all `fields`, and the file last, as `file`. */
        UploadView: {
            /** @description What the submission names as the field's value. */
            upload_id: string;
            url: string;
            fields: {
                [key: string]: string;
            };
            /** @description Until when it can be sent. A file that no submission names is gone after a day. */
            expires_at: string;
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
            /** @description Expression over the input, or a text with some: max_concurrency counts for each of its values. */
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
                    "application/json": components["schemas"]["RetryExecutionAnswer"];
                };
            };
            /** @description Retry execution */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/json": components["schemas"]["DeleteSubmissionAnswer"];
                };
            };
        };
    };
    create_upload: {
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
                "application/json": components["schemas"]["CreateUpload"];
            };
        };
        responses: {
            /** @description Upload a file */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreateUploadAnswer"];
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
                version: string;
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
                    "application/json": components["schemas"]["GetFormVersionAnswer"];
                };
            };
        };
    };
    call_hook_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the trigger's URL. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the workflow answers with, or the output of the run that has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description The run has been started, or goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        data: {
                            execution_id: string;
                            status: string;
                        };
                    };
                };
            };
        };
    };
    call_hook_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the trigger's URL. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description What the workflow answers with, or the output of the run that has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description The run has been started, or goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        data: {
                            execution_id: string;
                            status: string;
                        };
                    };
                };
            };
        };
    };
    call_hook_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the trigger's URL. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description What the workflow answers with, or the output of the run that has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description The run has been started, or goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        data: {
                            execution_id: string;
                            status: string;
                        };
                    };
                };
            };
        };
    };
    call_hook_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the trigger's URL. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description What the workflow answers with, or the output of the run that has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description The run has been started, or goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        data: {
                            execution_id: string;
                            status: string;
                        };
                    };
                };
            };
        };
    };
    call_hook_patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description From the trigger's URL. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description What the workflow answers with, or the output of the run that has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description The run has been started, or goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        success: true;
                        data: {
                            execution_id: string;
                            status: string;
                        };
                    };
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
                    "application/json": Record<string, unknown>;
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
                event_type?: "workflow.executed" | "workflow.failed" | "workflow.cancelled" | "workflow.published" | "execution.waiting" | "form.submitted" | "webhook.disabled" | "webhook.test";
                /** @description Only the delivery of this event. */
                event_id?: string;
                /** @description Of events at this time or later (ISO 8601). */
                from?: string;
                /** @description Of events before this time (ISO 8601). */
                to?: string;
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
                    "application/json": components["schemas"]["ExecuteWorkflowAnswer"];
                };
            };
            /** @description Execute workflow */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
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
                    "application/json": components["schemas"]["RestoreVersionAnswer"];
                };
            };
        };
    };
}
