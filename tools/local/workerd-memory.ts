import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of the workerd processes that descend from this one. Linux only. */
export function workerdBytes(): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, "latin1");
        const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1] ?? "";
        return [{ pid, parent: field("PPid"), name: field("Name"), bytes: Number(field("VmRSS")) * 1024 }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
  const isOurs = (pid: string): boolean => {
    if (pid === String(process.pid)) return true;
    const parent = processes.find((entry) => entry.pid === pid)?.parent;
    return parent !== undefined && parent !== "0" && isOurs(parent);
  };
  return processes
    .filter(({ name, pid }) => name === "workerd" && isOurs(pid))
    .reduce((sum, { bytes }) => sum + bytes, 0);
}
