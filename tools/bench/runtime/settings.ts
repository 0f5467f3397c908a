/** What wrangler.toml binds, as a bare workerd can have it. Nothing is repeated here: a new binding comes along by itself. */
import { unstable_readConfig } from "wrangler";
import type { Binding } from "./configuration.ts";

export interface WranglerSettings {
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly kv: readonly string[];
  readonly r2: readonly string[];
  readonly queues: readonly string[];
  readonly objects: readonly { readonly name: string; readonly className: string }[];
}

/** The services that stand for the platform's. */
export interface Platform {
  readonly kv: string;
  readonly r2: string;
  readonly queue: string;
  /** The service in which a class of Durable Objects lives. */
  readonly serviceOf: (className: string) => string;
}

/** What is read of wrangler's own form of the file. Its package gives no type for it. */
interface WranglerConfig {
  readonly compatibility_date?: string;
  readonly compatibility_flags: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
  readonly kv_namespaces: readonly { readonly binding: string }[];
  readonly r2_buckets: readonly { readonly binding: string }[];
  readonly queues: { readonly producers?: readonly { readonly binding: string }[] };
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
}

export function readWranglerSettings(): WranglerSettings {
  const config = unstable_readConfig({ config: "wrangler.toml" }) as WranglerConfig;
  return {
    compatibilityDate: config.compatibility_date ?? "",
    compatibilityFlags: config.compatibility_flags,
    variables: Object.fromEntries(Object.entries(config.vars).map(([name, value]) => [name, String(value)])),
    kv: config.kv_namespaces.map(({ binding }) => binding),
    r2: config.r2_buckets.map(({ binding }) => binding),
    queues: (config.queues.producers ?? []).map(({ binding }) => binding),
    objects: config.durable_objects.bindings.map(({ name, class_name: className }) => ({ name, className })),
  };
}

/** `variables` win over wrangler.toml's. */
export function bindingsOf(
  settings: WranglerSettings,
  variables: Readonly<Record<string, string>>,
  { kv, r2, queue, serviceOf }: Platform,
): Binding[] {
  const texts = Object.entries({ ...settings.variables, ...variables });
  return [
    ...texts.map(([name, text]): Binding => ({ kind: "text", name, text })),
    ...settings.kv.map((name): Binding => ({ kind: "kv", name, service: kv })),
    ...settings.r2.map((name): Binding => ({ kind: "r2", name, service: r2 })),
    ...settings.queues.map((name): Binding => ({ kind: "queue", name, service: queue })),
    ...settings.objects.map(
      ({ name, className }): Binding => ({ kind: "object", name, className, service: serviceOf(className) }),
    ),
  ];
}
