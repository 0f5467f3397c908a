/*
 * The reference decoder over a file of 60-byte wideband packets, for the bench:
 *   native FILE REPEATS   prints CPU milliseconds, one line a run.
 * Build: cc -O2 native.c -lspeex -o native
 */
#include <speex/speex.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PACKET_BYTES = 60, FRAME_SAMPLES = 320, MAX_BYTES = 1 << 22 };

static char packets[MAX_BYTES];
static short pcm[MAX_BYTES / PACKET_BYTES * FRAME_SAMPLES];

static double cpu_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
  FILE *file = count == 3 ? fopen(arguments[1], "rb") : NULL;
  if (!file) return 2;
  size_t length = fread(packets, 1, sizeof packets, file);
  for (int run = atoi(arguments[2]); run > 0; run--) {
    double start = cpu_ms();
    void *decoder = speex_decoder_init(speex_lib_get_mode(SPEEX_MODEID_WB));
    SpeexBits bits;
    speex_bits_init(&bits);
    short *to = pcm;
    for (size_t at = 0; at + PACKET_BYTES <= length; at += PACKET_BYTES, to += FRAME_SAMPLES) {
      speex_bits_read_from(&bits, packets + at, PACKET_BYTES);
      speex_decode_int(decoder, &bits, to);
    }
    speex_bits_destroy(&bits);
    speex_decoder_destroy(decoder);
    printf("%.3f\n", cpu_ms() - start);
  }
  return 0;
}
