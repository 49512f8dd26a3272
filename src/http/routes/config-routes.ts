/** The configuration file: shown without credentials, changed key by key. Every change is audited by its keys. */
import type { SettingField } from '../../config/config-reference.ts';
import { MicroclawError } from '../../core/errors.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type ConfigReferencePage,
  configPatchSchema,
  configReferenceSchema,
  configSchema,
  configUpdateSchema,
} from '../schemas/config.ts';
import type { HttpServices } from '../services.ts';

export function configRoutes(services: HttpServices): readonly MountableRoute[] {
  return [readRoute(services), referenceRoute(), updateRoute(services, 'put'), updateRoute(services, 'post')];
}

function readRoute({ config }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/config'],
      summary: 'The configuration, credentials masked',
      tag: 'config',
      access: { kind: 'scope', scope: 'operator.read' },
      response: configSchema,
    },
    async ({ context }) => {
      const [view, soulFiles] = await Promise.all([config.view(), config.soulFiles()]);
      context.header('etag', view.etag);
      return {
        ok: true as const,
        path: view.path,
        etag: view.etag,
        config: { ...view.config },
        written_keys: [...view.writtenKeys],
        problems: view.problems.map(({ severity, key, message, line }) => ({
          severity,
          key,
          message,
          line: line ?? null,
        })),
        soul_files: [...soulFiles],
        requires_restart: view.requiresRestart,
      };
    },
  );
}

/** The same for every caller and installation, and made when it is first asked for. */
function referenceRoute(): MountableRoute {
  let reference: Promise<ConfigReferencePage> | undefined;
  return defineRoute(
    {
      method: 'get',
      paths: ['/api/config/schema'],
      summary: 'Every key of the configuration with its type, bounds, default and meaning',
      tag: 'config',
      access: { kind: 'scope', scope: 'operator.read' },
      response: configReferenceSchema,
    },
    () => {
      reference ??= readReference();
      return reference;
    },
  );
}

async function readReference(): Promise<ConfigReferencePage> {
  const [{ configReference }, { PROVIDER_IDS, providerPreset }] = await Promise.all([
    import('../../config/config-reference.ts'),
    import('../../llm/catalog.ts'),
  ]);
  const sections = configReference().map(({ title, introduction, blocks, settings }) => ({
    title,
    introduction,
    blocks: [...blocks],
    settings: settings.map(({ entries, ...setting }) => ({
      ...fieldBody(setting),
      entries: entries === null ? null : { ...entries, fields: entries.fields.map(fieldBody) },
    })),
  }));
  const providers = PROVIDER_IDS.map((id) => ({ id, default_model: providerPreset(id).defaultModel }));
  return { ok: true, providers, sections };
}

function fieldBody({ isInteger, defaultText, values, schema, ...field }: SettingField) {
  return {
    ...field,
    default_text: defaultText,
    is_integer: isInteger,
    values: [...values],
    schema: schema === null ? null : { ...schema },
  };
}

function updateRoute({ config, audit }: HttpServices, method: 'put' | 'post'): MountableRoute {
  return defineRoute(
    {
      method,
      paths: ['/api/config'],
      summary: 'Change the configuration file; `If-Match` refuses what was made for an older state',
      tag: 'config',
      access: { kind: 'scope', scope: 'operator.admin' },
      body: configPatchSchema,
      response: configUpdateSchema,
    },
    async ({ body, caller, context }) => {
      const entry = { actor: caller.actor.id, action: 'config.update' } as const;
      try {
        const update = await config.update(body, context.req.header('if-match'));
        const keys = [...update.applied, ...update.restartRequired];
        await audit.record({ ...entry, status: 'ok', detail: keys.join(', ') || 'nothing changed' });
        context.header('etag', update.etag);
        return {
          ok: true as const,
          path: update.path,
          etag: update.etag,
          requires_restart: update.requiresRestart,
          applied: [...update.applied],
          restart_required: [...update.restartRequired],
          ignored: [...update.ignored],
        };
      } catch (error) {
        const detail = error instanceof MicroclawError ? error.code : 'failed';
        await audit.record({ ...entry, status: 'deny', detail });
        throw error;
      }
    },
  );
}
