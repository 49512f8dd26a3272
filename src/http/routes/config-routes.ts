/** The configuration file: shown without credentials, changed key by key. Every change is audited by its keys. */
import type { SettingField } from '../../config/config-reference.ts';
import { configErrors } from '../../config/errors.ts';
import { MicroclawError } from '../../core/errors.ts';
import { defineRoute, type MountableRoute } from '../route.ts';
import {
  type ConfigReferencePage,
  configPatchSchema,
  configReferenceSchema,
  configReloadSchema,
  configSchema,
  configUpdateSchema,
} from '../schemas/config.ts';
import type { HttpServices } from '../services.ts';

export function configRoutes(services: HttpServices): readonly MountableRoute[] {
  return [
    readRoute(services),
    referenceRoute(),
    updateRoute(services, 'put'),
    updateRoute(services, 'post'),
    reloadRoute(services),
  ];
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
      context.env.headers.set('etag', view.etag);
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
    settings: settings.map(({ entries, isLive, ...setting }) => ({
      ...fieldBody(setting),
      live: isLive,
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
        const detail = update.changed.join(', ') || 'nothing changed';
        await audit.record({ ...entry, status: 'ok', detail });
        context.env.headers.set('etag', update.etag);
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

function reloadRoute({ config }: HttpServices): MountableRoute {
  return defineRoute(
    {
      method: 'post',
      paths: ['/api/config/reload'],
      summary: 'Read the configuration file again and take over what a running program can',
      tag: 'config',
      access: { kind: 'scope', scope: 'operator.admin' },
      response: configReloadSchema,
    },
    async ({ caller }) => {
      const outcome = await config.reload(caller.actor.id);
      if (outcome.kind === 'refused') throw configErrors.create('REJECTED', outcome.problems.join('\n'));
      return {
        ok: true as const,
        applied: [...outcome.applied],
        restart_required: [...outcome.restartRequired],
        requires_restart: outcome.restartRequired.length > 0,
      };
    },
  );
}
