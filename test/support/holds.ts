import * as fc from "fast-check";

/** Asserts a synchronous property. (Called directly, fc.assert's overloads look like a forgotten promise.) */
export function holds<T>(property: fc.IProperty<T>, parameters?: fc.Parameters<T>): void {
  void fc.assert(property, parameters);
}
