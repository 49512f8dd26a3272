/** Loaded with `--import` before the program: on SIGUSR2 it prints which of Node's own modules are loaded. */
process.on('SIGUSR2', () => {
  // Not in the types: a list of `NativeModule <name>` and `Internal Binding <name>`.
  const list: unknown = Reflect.get(process, 'moduleLoadList');
  process.stderr.write(`loaded modules: ${JSON.stringify(list)}\n`);
});
