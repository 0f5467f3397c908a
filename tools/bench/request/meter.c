/*
 * Preloaded into workerd: adds up, isolate by isolate, the CPU time that a thread spends where Cloudflare's limit on CPU
 * time is enforced. Workerd asks a "limit enforcer" for a guard whenever it enters JavaScript and drops the guard when it
 * leaves; its own enforcer has no limits and gives an empty guard. Here the two methods are replaced, in the
 * enforcers' virtual tables, by ones that start a clock, and whose guard stops it. Dropping guards is the runtime's
 * own business, exceptions included.
 *
 * Environment: METER_FILE, where the counters are kept (meter.ts reads them); METER_REQUEST, METER_STARTUP, each "table
 * method": hexadecimal addresses in the binary, as nm prints them; METER_WARM_PAGES, see warm_memory.
 * Build: cc -O2 -shared -fPIC meter.c -o meter.so
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { ISOLATES = 1024, TABLE_WORDS = 16, PAGE_BYTES = 4096, PROBE_PAGES = 2048, PROBE_TURNS = 2000 };

struct sum {
  uint64_t turns;
  uint64_t cpu_ns;
  uint64_t faults;
};

/* What is kept of one isolate. 0: a line that no isolate has yet. */
struct line {
  uint64_t isolate;
  struct sum request;
  struct sum startup;
};

/* The file, as meter.ts reads it: numbers of 64 bits in the machine's order. */
struct file {
  uint64_t request_found;
  uint64_t startup_found;
  uint64_t fault_ns;
  uint64_t turn_ns;
  struct line isolates[ISOLATES];
};

/* A guard as the runtime holds it: who is to be told when it is dropped, and what about. */
struct disposer {
  void (**methods)(const struct disposer *, void *);
};
struct guard {
  const struct disposer *disposer;
  void *what;
};

static struct file *kept;
/* Of this thread: what is being measured, and since when. */
static __thread struct sum *running;
static __thread uint64_t since_ns, faults_before;

static uint64_t cpu_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint64_t faults(void) {
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

static void start(struct sum *sum) {
  running = sum;
  faults_before = faults();
  since_ns = cpu_ns();
}

static void stop(const struct disposer *self, void *what) {
  (void)self;
  uint64_t spent_ns = cpu_ns() - since_ns;
  struct sum *sum = what;
  running = NULL;
  __atomic_fetch_add(&sum->cpu_ns, spent_ns, __ATOMIC_RELAXED);
  __atomic_fetch_add(&sum->faults, faults() - faults_before, __ATOMIC_RELAXED);
  __atomic_fetch_add(&sum->turns, 1, __ATOMIC_RELEASE);
}

static void (*stop_methods[])(const struct disposer *, void *) = {stop};
static const struct disposer stopping = {stop_methods};

static struct line *line_of(uint64_t isolate) {
  for (int at = 0; at < ISOLATES; at++) {
    struct line *line = &kept->isolates[at];
    uint64_t nobody = 0;
    if (line->isolate == isolate) return line;
    if (__atomic_compare_exchange_n(&line->isolate, &nobody, isolate, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return line;
    if (nobody == isolate) return line;
  }
  return NULL;
}

/* A guard is returned through memory that the caller points to. A turn inside another one is part of that. */
static struct guard *enter(struct guard *result, struct sum *sum) {
  int outermost = sum && !running;
  result->disposer = outermost ? &stopping : NULL;
  result->what = outermost ? sum : NULL;
  if (outermost) start(sum);
  return result;
}

/* The lock's first word is its virtual table, its second one V8's isolate. */
static struct guard *enter_request(struct guard *result, void *self, uint64_t *lock, void *context) {
  (void)self, (void)context;
  struct line *line = line_of(lock[1]);
  return enter(result, line ? &line->request : NULL);
}

static struct guard *enter_startup(struct guard *result, void *self, uint64_t *lock, void *limit) {
  (void)self, (void)limit;
  struct line *line = line_of(lock[1]);
  return enter(result, line ? &line->startup : NULL);
}

/* Replaces a method in a virtual table. 0: it isn't there, this is another workerd than nm has read. */
static int replace(uintptr_t base, const char *where, void *by) {
  unsigned long table, method;
  if (!where || sscanf(where, "%lx %lx", &table, &method) != 2) return 0;
  for (uintptr_t *slot = (uintptr_t *)(base + table), *end = slot + TABLE_WORDS; slot < end; slot++) {
    if (*slot != base + method) continue;
    uintptr_t page = (uintptr_t)slot & -(uintptr_t)PAGE_BYTES;
    if (mprotect((void *)page, PAGE_BYTES, PROT_READ | PROT_WRITE) != 0) return 0;
    *slot = (uintptr_t)by;
    return 1;
  }
  return 0;
}

static int find_base(struct dl_phdr_info *info, size_t size, void *base) {
  (void)size;
  *(uintptr_t *)base = info->dlpi_addr;
  return 1; /* The program itself is the first. */
}

/* CPU time to touch new pages for the first time, which are given back at once. */
static uint64_t touch_ns(size_t pages) {
  size_t length = pages * PAGE_BYTES;
  char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 0;
  uint64_t before_ns = cpu_ns();
  for (size_t at = 0; at < length; at += PAGE_BYTES) ((volatile char *)memory)[at] = 1;
  uint64_t spent_ns = cpu_ns() - before_ns;
  munmap(memory, length);
  return spent_ns;
}

/*
 * In a virtual machine a page that the host has not backed yet costs some eight times as much as one that it has. What was
 * touched once stays backed, and the kernel hands out first what it got back last. So as much memory as the measured
 * requests may ever use is touched and given back beforehand: then every fault costs about the same.
 */
static void warm_memory(void) {
  const char *wanted = getenv("METER_WARM_PAGES");
  long pages = wanted ? atol(wanted) : 0, available = sysconf(_SC_AVPHYS_PAGES) / 4;
  touch_ns(pages < available ? pages : available);
}

/* What measuring adds to a turn. */
static uint64_t empty_turn_ns(void) {
  struct sum sum = {0};
  for (int turn = 0; turn < PROBE_TURNS; turn++) start(&sum), stop(NULL, &sum);
  return sum.cpu_ns / PROBE_TURNS;
}

__attribute__((constructor)) static void load(void) {
  const char *name = getenv("METER_FILE");
  int file = name ? open(name, O_RDWR) : -1;
  if (file < 0 || ftruncate(file, sizeof *kept) != 0) return;
  kept = mmap(NULL, sizeof *kept, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (kept == MAP_FAILED) return;
  /* Pages of one size, so that faults can be counted. */
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
  warm_memory();
  kept->fault_ns = touch_ns(PROBE_PAGES) / PROBE_PAGES;
  kept->turn_ns = empty_turn_ns();
  uintptr_t base = 0;
  dl_iterate_phdr(find_base, &base);
  kept->startup_found = replace(base, getenv("METER_STARTUP"), enter_startup);
  kept->request_found = replace(base, getenv("METER_REQUEST"), enter_request);
}
