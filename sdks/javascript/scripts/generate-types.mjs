// Writes src/generated/schema.ts from the API's OpenAPI document: `npm run generate`.
// With --check it writes nothing, and fails when the file is not what the document makes.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../../../layers/core/flows/api/openapi.json', import.meta.url);
const TARGET = new URL('../src/generated/schema.ts', import.meta.url);
const HEAD = '// Made from the OpenAPI document by `npm run generate`: do not edit.\n\n';
const JSON_TYPE = 'application/json';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Drops what no type of the package is made of: pages for browsers, errors, headers and examples of answers. */
function essence(document) {
  const paths = {};
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((name) => operations[name])) {
      const { tags, operationId, parameters = [], requestBody, responses } = operations[method];
      if (tags?.includes('Pages')) continue;
      const own = parameters.filter((parameter) => parameter.in === 'path' || parameter.in === 'query');
      const good = Object.entries(responses).filter(([status, { content }]) => status.startsWith('2') && content?.[JSON_TYPE]);
      paths[path] ??= {};
      paths[path][method] = {
        operationId,
        parameters: own,
        ...(requestBody && { requestBody: { required: requestBody.required, content: schemaOnly(requestBody) } }),
        responses: Object.fromEntries(
          good.map(([status, answer]) => [status, { description: answer.description, content: schemaOnly(answer) }]),
        ),
      };
    }
  }
  const { openapi, info, components } = document;
  return { openapi, info, paths, components: { schemas: components.schemas } };
}

const schemaOnly = ({ content }) => ({ [JSON_TYPE]: { schema: content[JSON_TYPE].schema } });

const document = JSON.parse(await readFile(DOCUMENT, 'utf8'));
const tree = await openapiTS(essence(document), { defaultNonNullable: false, emptyObjectsUnknown: true });
const made = HEAD + astToString(tree);

if (!process.argv.includes('--check')) {
  await writeFile(TARGET, made);
} else if ((await readFile(TARGET, 'utf8').catch(() => '')) !== made) {
  console.error(`${fileURLToPath(TARGET)} is not what the OpenAPI document makes: run \`npm run generate\` in sdks/javascript`);
  process.exitCode = 1;
}
