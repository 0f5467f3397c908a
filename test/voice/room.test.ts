import { expect, it } from "vitest";
import { type HeldBytes, Room } from "../../src/voice/room.ts";

const MIB = 1024 * 1024;

it("is one for all keepers of an isolate", () => {
  const held: HeldBytes = new Map();
  const [one, other] = [new Room(held, "one"), new Room(held, "other")];
  expect(one.take(20 * MIB, "wav")).not.toBeNull();
  expect(other.take(5 * MIB, "wav")).toBeNull();
  expect(other.take(4 * MIB, "wav")).not.toBeNull();
  expect([one.heldBytes, other.heldBytes]).toEqual([20 * MIB, 4 * MIB]);
});

it("keeps its last part for sources, so that no voice waits for decoded ones", () => {
  const room = new Room(new Map(), "one");
  expect(room.take(24 * MIB, "wav")).not.toBeNull();
  expect(room.take(1, "wav")).toBeNull();
  expect(room.take(8 * MIB, "source")).not.toBeNull();
  expect(room.take(1, "source")).toBeNull();
});

it("is given back once, however often that is said, with all that it had grown by", () => {
  const room = new Room(new Map(), "one");
  const lease = room.take(MIB, "source");
  expect(lease?.grow(MIB)).toBe(true);
  expect(lease?.grow(31 * MIB)).toBe(false);
  expect(room.heldBytes).toBe(2 * MIB);
  lease?.giveBack();
  lease?.giveBack();
  expect(room.heldBytes).toBe(0);
});

it("of a keeper that the runtime has ended is free when it begins again", () => {
  const held: HeldBytes = new Map();
  new Room(held, "one").take(24 * MIB, "wav");
  expect(new Room(held, "other").take(MIB, "wav")).toBeNull();
  const again = new Room(held, "one");
  expect(again.heldBytes).toBe(0);
  expect(again.take(24 * MIB, "wav")).not.toBeNull();
});
