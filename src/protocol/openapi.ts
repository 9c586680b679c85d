import { z } from 'zod';
import { problemDetails } from './problem-details.ts';
import type { Access, Route } from './route.ts';
import { componentSchemas, schemaOf } from './schema-components.ts';

export interface OpenApiInfo {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** What the document's readers may call: where this server is. */
  readonly url: string;
}

/** Which tokens open a route, by the names of the schemes below. */
const security: Readonly<Record<Access, readonly Readonly<Record<string, readonly string[]>>[]>> = {
  public: [],
  'relay-user': [{ relay_token: [] }],
  owner: [{ owner_token: [] }],
  peer: [{ peer_token: [] }],
  'owner-or-peer': [{ owner_token: [] }, { peer_token: [] }],
};

const bearer = (description: string) => ({
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description,
});

const schemes = {
  relay_token: bearer('A token for the relay: `sub` is the user, `aud` is `collab-relay`.'),
  owner_token: bearer("A token of the backend's own user: `aud` is `collab-backend:<user_id>`."),
  peer_token: bearer("A friend's backend, by a token that it signed itself, at most 60 s old."),
};

const problem = {
  description: 'Refused; `code` says why in a word, the same as on the sockets.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
};

/** The OpenAPI 3.1 document of a route table. */
export function openApi(routes: Readonly<Record<string, Route>>, info: OpenApiInfo) {
  const { title, description, version, url } = info;
  const used = new Set(Object.values(routes).flatMap(({ access }) => security[access].flatMap(Object.keys)));
  const components = componentSchemas();
  schemaOf(problemDetails, components);
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: operationOf(name, route, components),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title,
      description,
      version,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    paths,
    components: {
      schemas: components.schemas,
      responses: { Problem: problem },
      ...(used.size > 0 && {
        securitySchemes: Object.fromEntries(Object.entries(schemes).filter(([name]) => used.has(name))),
      }),
    },
  };
}

function operationOf(name: string, route: Route, components: ReturnType<typeof componentSchemas>): object {
  const parameters = [
    ...parametersOf(route.params, 'path', components),
    ...parametersOf(route.query, 'query', components),
  ];
  return {
    operationId: name,
    summary: route.summary,
    security: security[route.access],
    ...(parameters.length > 0 && { parameters }),
    ...(!(route.body instanceof z.ZodUndefined) && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(route.body, components) } },
      },
    }),
    responses: {
      [route.status]: {
        description: route.summary,
        content: {
          [route.media ?? 'application/json']: { schema: schemaOf(route.answer, components) },
        },
      },
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
  };
}

function parametersOf(
  schema: z.ZodType,
  place: 'path' | 'query',
  components: ReturnType<typeof componentSchemas>,
): object[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || !z.safeParse(one, undefined).success,
    schema: schemaOf(one, components),
  }));
}
