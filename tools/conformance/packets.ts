/** The container of the conformance vectors: per packet a u16 little-endian length, then the bytes; 0 = lost. */
export function readPackets(stream: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 0; at < stream.length; ) {
    const length = view.getUint16(at, true);
    packets.push(stream.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return packets;
}
