/** The import table, imports.json: which folder of src/ may import which, and which packages. Compared with the real imports. */
import { circlesIn, type Graph, type Import } from "./graph.ts";

export interface Row {
  readonly imports: readonly string[];
  readonly packages?: readonly string[];
}

/** By room: a folder, or a file of the root. A nested folder belongs to the longest name that fits. */
export type Table = Readonly<Record<string, Row>>;

export function roomOf(file: string, table: Table): string | null {
  const rooms = Object.keys(table).filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** What the table itself does wrong: rooms that it doesn't know, and ways that lead back. */
export function faultsOfTable(table: Table): string[] {
  const rooms = new Map<string, Import[]>();
  const faults: string[] = [];
  for (const [room, { imports }] of Object.entries(table)) {
    for (const other of imports)
      if (!(other in table)) faults.push(`imports.json: ${room} names ${other}, which has no row`);
    rooms.set(
      room,
      imports.map((specifier) => ({ specifier, target: specifier })),
    );
  }
  return [...faults, ...circlesIn(rooms).map((circle) => `imports.json: a circle: ${circle.join(" → ")}`)];
}

/** Every import that the table does not allow, every file without a row, every circle. */
export function faultsOfTree(graph: Graph, table: Table): string[] {
  const faults: string[] = [];
  for (const [file, imports] of graph) {
    const room = roomOf(file, table);
    if (room === null) {
      faults.push(`${file}: no row of imports.json says what it may import`);
      continue;
    }
    for (const found of imports) {
      if (!isAllowed(room, found, table)) faults.push(`${file}: ${room} may not import ${found.specifier}`);
    }
  }
  return [...faults, ...circlesIn(graph).map((circle) => `circle: ${circle.join(" → ")}`)];
}

function isAllowed(room: string, { specifier, target }: Import, table: Table): boolean {
  const row = table[room];
  if (!row) return false;
  if (target === null) {
    return (row.packages ?? []).some((name) => specifier === name || specifier.startsWith(`${name}/`));
  }
  const other = roomOf(target, table);
  return (
    other !== null && (other === room || row.imports.includes(other) || isWithin(other, room, row, table))
  );
}

/** A folder may use the folders inside it, and they each other through it; a row of their own can only narrow that. */
function isWithin(other: string, room: string, row: Row, table: Table): boolean {
  if (other.startsWith(`${room}/`)) return true;
  const parent = roomOf(other.slice(0, other.lastIndexOf("/")), table);
  return parent !== null && parent !== other && row.imports.includes(parent);
}
