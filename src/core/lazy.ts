/** Values that are made when they are first needed. */

/** Calls `make` at the first call and returns the same value ever after; after an error the next call tries again. */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
