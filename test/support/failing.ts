import { expect } from "vitest";
import { ServiceError } from "../../src/errors.ts";

/** The ServiceError that the work fails with. Anything else, success included, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<ServiceError> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ServiceError);
  return outcome as ServiceError;
}
