/** One object that always shows the newest of several. */

/**
 * A read-only view of whatever `current` returns: every property is read at the moment of use. Destructuring or
 * spreading it makes a copy of that moment, which does not change any more. Methods must not use `this`.
 */
export function liveView<Value extends object>(current: () => Value): Value {
  // The target is never looked at: each trap answers from the newest object.
  return new Proxy({} as Value, {
    get: (_target, key) => Reflect.get(current(), key),
    has: (_target, key) => Reflect.has(current(), key),
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: (_target, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(current(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}
