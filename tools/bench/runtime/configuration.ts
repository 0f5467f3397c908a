/** What workerd is to run, from data to the Cap'n Proto text that it reads. Its schema: `workerd.capnp` in the package. */

export type Binding =
  | { readonly kind: "text"; readonly name: string; readonly text: string }
  /** An ArrayBuffer: what a file in the configuration's folder holds. */
  | { readonly kind: "data"; readonly name: string; readonly file: string }
  | { readonly kind: "kv" | "r2" | "queue" | "service"; readonly name: string; readonly service: string }
  | { readonly kind: "object"; readonly name: string; readonly className: string; readonly service: string };

export interface Module {
  /** As the bundle imports it, or, for the Worker itself, its file's name. */
  readonly name: string;
  /** In the configuration's folder. */
  readonly file: string;
}

export interface WorkerService {
  readonly name: string;
  /** The first one is the Worker. */
  readonly modules: readonly Module[];
  readonly bindings?: readonly Binding[];
  readonly compatibilityFlags?: readonly string[];
  /** Classes of Durable Objects that live in this service. */
  readonly objects?: readonly string[];
}

export interface Configuration {
  readonly compatibilityDate: string;
  /** Each one listens on a port of its own. */
  readonly workers: readonly WorkerService[];
  /** HTTP servers on this machine that bindings speak to, by the name of the service: their port. */
  readonly servers?: Readonly<Record<string, number>>;
  /** Where Durable Objects keep what they store: an absolute path. Needed where a Worker has objects. */
  readonly objectsFolder?: string;
}

export function configurationText(configuration: Configuration): string {
  const { compatibilityDate, workers, servers = {}, objectsFolder } = configuration;
  const services = [
    ...workers.map((worker) => `(name = ${text(worker.name)}, worker = ${workerText(worker)})`),
    ...Object.entries(servers).map(
      ([name, port]) => `(name = ${text(name)}, external = (address = "127.0.0.1:${port}", http = ()))`,
    ),
    ...(objectsFolder === undefined
      ? []
      : [`(name = "objects-disk", disk = (path = ${text(objectsFolder)}, writable = true))`]),
    `(name = "internet", network = (allow = ["public", "private", "local"]))`,
  ];
  const sockets = workers.map(
    ({ name }) => `(name = ${text(name)}, address = "127.0.0.1:0", http = (), service = ${text(name)})`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = ${list(services)},
  sockets = ${list(sockets)}
);
`;

  function workerText({
    name,
    modules,
    bindings = [],
    compatibilityFlags = [],
    objects = [],
  }: WorkerService) {
    const fields = [
      `compatibilityDate = ${text(compatibilityDate)}`,
      `compatibilityFlags = ${list(compatibilityFlags.map(text))}`,
      `modules = ${list(modules.map(moduleText))}`,
      `bindings = ${list(bindings.map(bindingText))}`,
    ];
    if (objects.length > 0) {
      // The key is a folder's name: objects of the same class in two services are different objects.
      const namespaces = objects.map((className) => {
        const key = `${name}-${className}`.replace(/[^A-Za-z0-9_-]/g, "-");
        return `(className = ${text(className)}, uniqueKey = ${text(key)}, enableSql = true)`;
      });
      fields.push(
        `durableObjectNamespaces = ${list(namespaces)}`,
        `durableObjectStorage = (localDisk = "objects-disk")`,
      );
    }
    return `(\n    ${fields.join(",\n    ")})`;
  }
}

/** The files of a bundle, the Worker first, as modules. */
export function modulesOf([worker = "", ...others]: readonly string[]): Module[] {
  return [{ name: worker, file: worker }, ...others.map((file) => ({ name: `./${file}`, file }))];
}

function moduleText({ name, file }: Module): string {
  const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
  return `(name = ${text(name)}, ${kind} = embed ${text(file)})`;
}

function bindingText(binding: Binding): string {
  const name = `name = ${text(binding.name)}`;
  switch (binding.kind) {
    case "text":
      return `(${name}, text = ${text(binding.text)})`;
    case "data":
      return `(${name}, data = embed ${text(binding.file)})`;
    case "kv":
      return `(${name}, kvNamespace = ${text(binding.service)})`;
    case "r2":
      return `(${name}, r2Bucket = ${text(binding.service)})`;
    case "queue":
      return `(${name}, queue = ${text(binding.service)})`;
    case "service":
      return `(${name}, service = ${text(binding.service)})`;
    case "object": {
      const { className, service } = binding;
      return `(${name}, durableObjectNamespace = (className = ${text(className)}, serviceName = ${text(service)}))`;
    }
  }
}

function list(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** Cap'n Proto quotes as JSON does, but for characters beyond ASCII, which it takes as they are. */
function text(value: string): string {
  return JSON.stringify(value);
}
