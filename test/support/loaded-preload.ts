/** Loaded with `--import` before the program: on SIGUSR2 it prints what the program has loaded and made so far. */

const schemaKinds: string[] = [];
// What zod's `globalConfig` is, whichever copy of it the bundle holds.
Reflect.set(globalThis, '__zod_globalConfig', {
  postProcessor: (schema: {
    readonly _zod: { readonly def: { readonly type?: string; readonly check?: string } };
  }) => {
    const { type, check } = schema._zod.def;
    schemaKinds.push(type ?? `check ${check}`);
  },
});

process.on('SIGUSR2', () => {
  // Not in the types: a list of `NativeModule <name>` and `Internal Binding <name>`.
  const modules: unknown = Reflect.get(process, 'moduleLoadList');
  process.stderr.write(`loaded: ${JSON.stringify({ modules, schemaKinds })}\n`);
});
