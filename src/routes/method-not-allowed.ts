import { ServiceError } from "../errors.ts";

/** Ends the handlers of a path: what has not been answered by now came with another method (RFC 9110 §15.5.6). */
export function allowOnly(...methods: readonly string[]): () => never {
  const allow = methods.join(", ");
  return function methodNotAllowed() {
    throw new ServiceError("method-not-allowed", `This path accepts ${allow}.`, { headers: { allow } });
  };
}
