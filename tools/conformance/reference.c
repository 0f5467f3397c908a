/*
 * Drives the reference codec (libspeex, float build) frame by frame through its public API, to make the
 * conformance vectors and to decode them.
 *
 *   reference encode <wideband|narrowband> <script> < speech.s16le > stream.packets
 *   reference decode <wideband|narrowband> <framesPerPacket> <enhance 0|1> < stream.packets > speech.s16le
 *
 * A stream is a run of packets: u16 little-endian length, then the bytes. Length 0 is a packet that was lost.
 * A script is a comma-separated list:
 *   quality=N vbr=N (quality) vad dtx frames=N (per packet) seed=N loss=PERCENT (random losses)
 *   burst (12 frames lost in a row, twice) silent (packets DTX need not send are lost)
 *   switch (another quality every 7 frames) messages (in-band and user messages before frames)
 *   terminator (a terminator after each frame)
 *
 * Build: cc -O2 reference.c -lspeex -o reference
 */
#include <speex/speex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PACKET_BYTES = 4096, MAX_FRAME_SAMPLES = 640 };

struct script {
  int quality, vbr, vad, dtx, frames, loss, burst, silent, switching, messages, terminator;
  unsigned seed;
};

static int option(const char *script, const char *name, int absent, int bare) {
  size_t length = strlen(name);
  for (const char *at = script; at; at = strchr(at, ',')) {
    if (*at == ',') at++;
    if (strncmp(at, name, length)) continue;
    if (at[length] == '=') return atoi(at + length + 1);
    if (at[length] == ',' || at[length] == 0) return bare;
  }
  return absent;
}

static struct script parse(const char *text) {
  struct script s = {
      .quality = option(text, "quality", 8, 8), .vbr = option(text, "vbr", -1, 8),
      .vad = option(text, "vad", 0, 1),         .dtx = option(text, "dtx", 0, 1),
      .frames = option(text, "frames", 1, 1),   .loss = option(text, "loss", 0, 0),
      .burst = option(text, "burst", 0, 1),     .silent = option(text, "silent", 0, 1),
      .switching = option(text, "switch", 0, 1), .messages = option(text, "messages", 0, 1),
      .terminator = option(text, "terminator", 0, 1), .seed = option(text, "seed", 1, 1)};
  return s;
}

static unsigned chance(unsigned *state, unsigned below) {
  *state = *state * 1103515245u + 12345u;
  return (*state >> 16) % below;
}

static const SpeexMode *mode_named(const char *name) {
  return speex_lib_get_mode(strcmp(name, "wideband") ? SPEEX_MODEID_NB : SPEEX_MODEID_WB);
}

/* One message of every payload width in turn: request 0..15, then user messages of 5 + 8n bits. */
static void pack_message(SpeexBits *bits, unsigned index) {
  static const int widths[16] = {1, 1, 4, 4, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32, 64, 64};
  unsigned kind = index % 20;
  int width = kind < 16 ? widths[kind] : (int)(5 + 8 * (kind - 15));
  speex_bits_pack(bits, 0, 1);
  speex_bits_pack(bits, kind < 16 ? 14 : 13, 4);
  speex_bits_pack(bits, kind < 16 ? kind : kind - 15, 4);
  while (width-- > 0) speex_bits_pack(bits, (index + width) & 1, 1);
}

static void write_packet(const char *bytes, int length) {
  putchar(length & 255);
  putchar(length >> 8);
  fwrite(bytes, 1, length, stdout);
}

static int encode(const SpeexMode *mode, struct script s) {
  static const int qualities[] = {8, 3, 10, 0, 5, 1, 9, 2, 7, 4, 6};
  void *encoder = speex_encoder_init(mode);
  int size, complexity = 4, one = 1;
  speex_encoder_ctl(encoder, SPEEX_GET_FRAME_SIZE, &size);
  speex_encoder_ctl(encoder, SPEEX_SET_COMPLEXITY, &complexity);
  speex_encoder_ctl(encoder, SPEEX_SET_QUALITY, &s.quality);
  if (s.vbr >= 0) {
    float quality = s.vbr;
    speex_encoder_ctl(encoder, SPEEX_SET_VBR, &one);
    speex_encoder_ctl(encoder, SPEEX_SET_VBR_QUALITY, &quality);
  }
  if (s.vad) speex_encoder_ctl(encoder, SPEEX_SET_VAD, &one);
  if (s.dtx) speex_encoder_ctl(encoder, SPEEX_SET_DTX, &one);

  SpeexBits bits;
  speex_bits_init(&bits);
  short pcm[MAX_FRAME_SAMPLES];
  char packet[MAX_PACKET_BYTES];
  int needed = 0, packets = 0;
  for (int frame = 0; (int)fread(pcm, 2, size, stdin) == size; frame++) {
    if (s.switching && frame % 7 == 0)
      speex_encoder_ctl(encoder, SPEEX_SET_QUALITY, (void *)&qualities[frame / 7 % 11]);
    if (s.messages && frame % 2 == 0) pack_message(&bits, frame / 2);
    if (s.messages && frame % 10 == 0) pack_message(&bits, frame / 2 + 7);
    needed |= speex_encode_int(encoder, pcm, &bits);
    if ((frame + 1) % s.frames) continue;
    if (s.terminator) speex_bits_pack(&bits, 15, 5);
    int length = speex_bits_write(&bits, packet, sizeof packet);
    int lost = (s.silent && !needed) || (int)chance(&s.seed, 100) < s.loss || (s.burst && packets % 40 >= 28);
    write_packet(packet, lost ? 0 : length);
    speex_bits_reset(&bits);
    needed = 0;
    packets++;
  }
  return 0;
}

static int decode(const SpeexMode *mode, int frames, int enhance) {
  void *decoder = speex_decoder_init(mode);
  int size;
  speex_decoder_ctl(decoder, SPEEX_GET_FRAME_SIZE, &size);
  speex_decoder_ctl(decoder, SPEEX_SET_ENH, &enhance);
  SpeexBits bits;
  speex_bits_init(&bits);
  short pcm[MAX_FRAME_SAMPLES];
  char packet[MAX_PACKET_BYTES];
  int low, high;
  while ((low = getchar()) != EOF && (high = getchar()) != EOF) {
    int length = low | high << 8;
    if (length > MAX_PACKET_BYTES || (int)fread(packet, 1, length, stdin) != length) return 1;
    if (length) speex_bits_read_from(&bits, packet, length);
    for (int frame = 0, lost = !length; frame < frames; frame++) {
      /* What is no frame, or a corrupt one, counts as lost, and so does the rest of its packet. */
      lost = lost || speex_decode_int(decoder, &bits, pcm) != 0;
      if (lost) speex_decode_int(decoder, NULL, pcm);
      fwrite(pcm, 2, size, stdout);
    }
  }
  return 0;
}

int main(int count, char **arguments) {
  if (count == 4 && !strcmp(arguments[1], "encode")) return encode(mode_named(arguments[2]), parse(arguments[3]));
  if (count == 5 && !strcmp(arguments[1], "decode"))
    return decode(mode_named(arguments[2]), atoi(arguments[3]), atoi(arguments[4]));
  fprintf(stderr, "usage: reference encode MODE SCRIPT | decode MODE FRAMES ENHANCE\n");
  return 2;
}
