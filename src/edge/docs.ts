import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { asyncapiDocument, openapiDocument } from './openapi.ts';
import { pageHeaders } from './pageHeaders.ts';

/** `/v1/openapi.json`, `/v1/asyncapi.json`, and `/docs` to read them in; everything is served from here, also offline. */
export async function registerDocs(app: FastifyInstance, version: string, tls: boolean): Promise<void> {
  const openapi = openapiDocument(version);
  const asyncapi = asyncapiDocument(version);
  app.get('/v1/openapi.json', { config: { open: true } }, () => openapi);
  app.get('/v1/asyncapi.json', { config: { open: true } }, () => asyncapi);

  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true };
    });
    await scope.register(helmet, pageHeaders(tls));
    await scope.register(swagger, {
      mode: 'static',
      specification: { document: JSON.parse(JSON.stringify(openapi)) },
    });
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: {
        docExpansion: 'list',
        deepLinking: true,
        // Without the bar that names the tool.
        layout: 'BaseLayout',
        tryItOutEnabled: false,
        defaultModelsExpandDepth: -1,
      },
      theme: { title: 'Heard: reference' },
    });
  });
}
