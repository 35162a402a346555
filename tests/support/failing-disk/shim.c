/*
 * Preloaded into a process under test: calls on files whose path contains a word (or ends with it: "word$") fail with an errno of choice. Orders are in a file that is
 * mapped into memory, so arming costs the process nothing and takes hold at once. A line is "<calls> <errno> <word>"; calls are letters:
 * w writes, s syncs, o opens for writing, r renames, t truncations, p reads. H: a write takes the first half before it fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE 4096
#define HITS 4092

static volatile char *orders;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAILING_DISK");
  if (path == NULL) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (map != MAP_FAILED) orders = map;
}

static int fits(const char *path, char *word) {
  size_t length = strlen(word);
  if (word[length - 1] != '$') return strstr(path, word) != NULL;
  word[length - 1] = 0;
  size_t whole = strlen(path);
  return whole >= length - 1 && strcmp(path + whole - (length - 1), word) == 0;
}

/* The errno that is ordered for this call on this path; 0 = none. */
static int ordered(char call, const char *path, int *half) {
  char copy[HITS];
  memcpy(copy, (const char *)orders, HITS);
  copy[HITS - 1] = 0;
  char *rest = NULL;
  for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
    char calls[16];
    char word[256];
    int number;
    if (sscanf(line, "%15s %d %255s", calls, &number, word) != 3) continue;
    if (strchr(calls, call) == NULL || !fits(path, word)) continue;
    if (half != NULL) *half = strchr(calls, 'H') != NULL;
    __sync_fetch_and_add((uint32_t *)(orders + HITS), 1);
    return number;
  }
  return 0;
}

static int ordered_fd(char call, int fd, int *half) {
  if (orders == NULL || orders[0] == 0) return 0;
  char link[64];
  char path[1024];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return ordered(call, path, half);
}

static int ordered_path(char call, const char *path) {
  if (orders == NULL || orders[0] == 0) return 0;
  return ordered(call, path, NULL);
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define FAIL(number) \
  do { \
    errno = number; \
    return -1; \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  int half = 0;
  int number = ordered_fd('w', fd, &half);
  if (number == 0) return real(fd, bytes, length);
  if (half && length > 1) return real(fd, bytes, length / 2);
  FAIL(number);
}

static ssize_t put(int fd, const void *bytes, size_t length, off64_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  int half = 0;
  int number = ordered_fd('w', fd, &half);
  if (number == 0) return real(fd, bytes, length, at);
  if (half && length > 1) return real(fd, bytes, length / 2, at);
  FAIL(number);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return put(fd, bytes, length, at); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return put(fd, bytes, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  int number = ordered_fd('w', fd, NULL);
  if (number == 0) return real(fd, parts, count);
  FAIL(number);
}

static ssize_t get(int fd, void *bytes, size_t length, off64_t at) {
  REAL(ssize_t, "pread64", int, void *, size_t, off64_t);
  int number = ordered_fd('p', fd, NULL);
  if (number == 0) return real(fd, bytes, length, at);
  FAIL(number);
}

ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) { return get(fd, bytes, length, at); }
ssize_t pread(int fd, void *bytes, size_t length, off_t at) { return get(fd, bytes, length, at); }

int fsync(int fd) {
  REAL(int, "fsync", int);
  int number = ordered_fd('s', fd, NULL);
  if (number == 0) return real(fd);
  FAIL(number);
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  int number = ordered_fd('s', fd, NULL);
  if (number == 0) return real(fd);
  FAIL(number);
}

static int cut(int fd, off64_t length) {
  REAL(int, "ftruncate64", int, off64_t);
  int number = ordered_fd('t', fd, NULL);
  if (number == 0) return real(fd, length);
  FAIL(number);
}

int ftruncate64(int fd, off64_t length) { return cut(fd, length); }
int ftruncate(int fd, off_t length) { return cut(fd, length); }

static int open_at(const char *path, int flags, int mode) {
  REAL(int, "open64", const char *, int, ...);
  int number = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 ? ordered_path('o', path) : 0;
  if (number == 0) return real(path, flags, mode);
  FAIL(number);
}

#define MODE_OF(flags) \
  int mode = 0; \
  if ((flags & O_CREAT) != 0) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, int); \
    va_end(rest); \
  }

int open64(const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_at(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_at(path, flags, mode);
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  int number = ordered_path('r', to);
  if (number == 0) return real(from, to);
  FAIL(number);
}
