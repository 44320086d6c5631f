import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { commandInputs } from '../domain/commands.ts';
import { CLOSE, down } from '../protocol/down.ts';
import { up } from '../protocol/up.ts';
import { CALLS } from './contract.ts';
import { asyncapiDocument, openapiDocument } from './openapi.ts';

type Schema = Record<string, unknown>;

describe('the reference', () => {
  it('[H19] is a valid OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(JSON.parse(JSON.stringify(openapiDocument('1'))));
    expect(result).toEqual({ valid: true });
  });

  it('[H19] has every command, with what it takes as it is sent', () => {
    const paths = openapiDocument('1')['paths'] as Record<
      string,
      { post: { requestBody: { content: Record<string, { schema: Schema }> } } }
    >;
    for (const name of Object.keys(commandInputs))
      expect(paths[`/v1/locations/{location}/commands/${name}`], name).toBeDefined();
    const place =
      paths['/v1/locations/{location}/commands/order.place']?.post.requestBody.content['application/json']
        ?.schema;
    const text = JSON.stringify(place);
    // A field with a default need not be sent, and an unknown one must not be.
    expect(place).toMatchObject({ additionalProperties: false, required: ['order'] });
    expect(text).toContain('"modifiers"');
    expect(text).not.toMatch(/"required":\[[^\]]*"modifiers"/);
  });

  it('[H19] names each call once', () => {
    const names = CALLS.map((call) => `${call.method} ${call.path}`);
    expect(new Set(names).size).toBe(names.length);
    const ids = Object.values(
      openapiDocument('1')['paths'] as Record<string, Record<string, { operationId: string }>>,
    ).flatMap((path) => Object.values(path).map((one) => one.operationId));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('[H19] of the stream is AsyncAPI 3 with every frame, both ways', () => {
    const document = asyncapiDocument('1') as {
      asyncapi: string;
      channels: {
        stream: { address: string; description: string; messages: Record<string, { payload: Schema }> };
      };
      operations: Record<string, { action: string; channel: { $ref: string }; messages: { $ref: string }[] }>;
    };
    expect(document.asyncapi).toBe('3.0.0');
    for (const code of Object.values(CLOSE))
      expect(document.channels.stream.description).toContain(`${code} `);
    const frames = [
      ...up.options.map((option) => `up.${[...option.shape.t.values][0]}`),
      ...down.options.map((option) => `down.${[...option.shape.t.values][0]}`),
    ];
    expect(Object.keys(document.channels.stream.messages).sort()).toEqual(frames.sort());
    const refs = Object.values(document.operations).flatMap((operation) =>
      operation.messages.map((message) => message.$ref),
    );
    expect(refs.sort()).toEqual(frames.map((name) => `#/channels/stream/messages/${name}`).sort());
    for (const { payload } of Object.values(document.channels.stream.messages))
      expect(payload).toMatchObject({ type: 'object', properties: { t: { const: expect.any(String) } } });
  });
});
