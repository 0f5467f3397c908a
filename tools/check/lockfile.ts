/**
 * A lockfile is complete when every optional dependency that it names is in it, also those for other systems than
 * this one. npm leaves out what the registry didn't have on the day, and `npm ci` then refuses elsewhere.
 */
import { readFileSync } from "node:fs";

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, LockedPackage>;
};

const missing: string[] = [];
for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
  for (const name of Object.keys(optionalDependencies)) {
    if (!isLocked(path, name)) missing.push(`${path} → ${name}`);
  }
}

if (missing.length > 0) {
  console.error("package-lock.json lacks optional dependencies. Pin versions that the registry has whole:");
  for (const line of missing) console.error(`  ${line}`);
  process.exit(1);
}
console.log(`package-lock.json is complete: ${Object.keys(packages).length} packages.`);

/** Looks where Node would: nested below the package, then in each folder above it. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    const candidate = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (candidate in packages) return true;
    if (folder === "") return false;
  }
}
