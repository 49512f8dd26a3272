/** `GET /api/openapi.json`. Public: it describes the program, not this installation. */
import { z } from 'zod';
import { answerJson } from '../exchange/answer.ts';
import { createOpenApiDocument } from '../openapi.ts';
import { defineRoute, type MountableRoute } from '../route.ts';

/** `described`: every route but this one. */
export function openApiRoutes(
  described: readonly MountableRoute[],
  version: string,
): readonly MountableRoute[] {
  let document: object | undefined;
  const route: MountableRoute = defineRoute(
    {
      method: 'get',
      paths: ['/api/openapi.json'],
      summary: 'This API as an OpenAPI document',
      tag: 'runtime',
      access: { kind: 'public' },
      response: z.lazy(() => z.looseObject({ openapi: z.string() })),
    },
    async ({ context }) => {
      document ??= createOpenApiDocument([...described, route], version);
      return answerJson(context, document);
    },
  );
  return [route];
}
