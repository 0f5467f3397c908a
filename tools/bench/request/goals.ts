/** What DESIGN wants of a minute of voice, beside what was measured. Reported, not asserted. */
import { round } from "../statistics.ts";
import type { Cost, Line } from "./cost.ts";
import type { Measurements } from "./measurements.ts";

export interface Goal {
  readonly name: string;
  readonly measured: number;
  /** At most. */
  readonly goal: number;
  readonly unit: "ms" | "×";
}

export function goalsOf({ warm, fresh, decoder }: Measurements): Goal[] {
  const decoderMs = decoder.insideMs ?? decoder.threadMs;
  const overDecoder = (name: string, goal: number): Goal => {
    const measured = round(keepersMs(cost(name)) / decoderMs);
    return { name: `${name}, ÷ the decoder`, measured, goal, unit: "×" };
  };
  const keeper = (name: string, goal: number): Goal => {
    return { name, measured: keepersMs(cost(name)), goal, unit: "ms" };
  };
  const overBare = (name: string, goal: number): Goal => {
    const measured = line(warm, name).ratio;
    return { name: `${name}, ÷ a bare Worker`, measured, goal, unit: "×" };
  };
  const goals: Goal[] = [
    overDecoder("miss → .wav, at once", 1.5),
    overDecoder("miss → .wav, in packets", 1.9),
    overDecoder("stored source → .wav", 1.35),
    keeper("miss → .speex, at once", 3),
    keeper("miss → .speex, in packets", 5),
    overBare("hit .speex", 1.6),
    overBare("hit .wav", 1.6),
    {
      name: "hit .wav, in a new isolate",
      measured: line(fresh.lines, "hit .wav").gateway.totalMs,
      goal: 4,
      unit: "ms",
    },
  ];
  const miss = cost("miss → .wav, at once");
  const hit = cost("hit .wav");
  // Where the Worker does all by itself, its part is no part.
  if (miss.objectsMs && miss.workerMs !== null && hit.workerMs !== null) {
    const measured = round(miss.workerMs - hit.workerMs);
    goals.push({ name: "the Worker's part of a miss, above a hit", measured, goal: 1.5, unit: "ms" });
  }
  if (fresh.startup)
    goals.push({ name: "start of the Worker", measured: fresh.startup.workerMs, goal: 150, unit: "ms" });
  return goals;

  function cost(name: string): Cost {
    return line(warm, name).gateway;
  }
}

/** The part of the voice's keeper; of the whole where there is none. */
export function keepersMs({ objectsMs, totalMs }: Cost): number {
  return objectsMs || totalMs;
}

function line(lines: readonly Line[], name: string): Line {
  const found = lines.find((one) => one.name === name);
  if (!found) throw new Error(`'${name}' was not measured.`);
  return found;
}
