/** One object has one alarm. Where several want to be woken, it is set to the earliest of their times. */

const WANTED_KEY = "alarms/v1";

type AlarmStorage = Pick<DurableObjectStorage, "kv" | "setAlarm" | "deleteAlarm">;

/** Sets the alarm of `who`; null: none is wanted any more. Whoever is rung early sets it anew. */
export function setSharedAlarm(storage: AlarmStorage, who: string, atMs: number | null): Promise<void> {
  const { [who]: _, ...wanted } = storage.kv.get<Record<string, number>>(WANTED_KEY) ?? {};
  if (atMs !== null) wanted[who] = atMs;
  storage.kv.put(WANTED_KEY, wanted);
  const times = Object.values(wanted);
  return times.length === 0 ? storage.deleteAlarm() : storage.setAlarm(Math.min(...times));
}
