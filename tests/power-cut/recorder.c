/*
 * Writes down what a process does to the files below one folder, in order, so that a test can make the disk of any moment of it as a loss of power
 * would have left it. Loaded with LD_PRELOAD; records nothing but what is below USEWIRE_POWER_ROOT, into USEWIRE_POWER_LOG.
 *
 * A record: six 32-bit words, little endian (operation, bytes that follow, inode low and high, offset low and high), then bytes or path. What is
 * done and what is written down happen under one lock, so the log has the order in which things came about. Memory maps are not seen: SQLite's -shm
 * is the only one here, and it is made anew by whoever opens the database after a crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OP_CREATE = 1, OP_OPEN, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_SYNC_FOLDER, OP_RENAME, OP_UNLINK, OP_MKDIR, OP_RMDIR, OP_MARK };
enum { KIND_OTHER = 0, KIND_FILE, KIND_FOLDER, KIND_MARKS };
#define MAX_FDS 4096
/* Writes to this file in the root are no files' but the test's own marks in the log. */
#define MARKS_NAME "/.marks"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[4096];
static size_t root_length;
static int log_fd = -1;
/* How long a sync takes at least: on a disk in memory, syncs that run side by side would never be seen to. */
static int sync_us = 0;
static struct { int kind; int appends; uint64_t inode; char *path; } held[MAX_FDS];

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("USEWIRE_POWER_ROOT"), *log = getenv("USEWIRE_POWER_LOG");
  if (folder == NULL || log == NULL || strlen(folder) >= sizeof root) return;
  strcpy(root, folder);
  root_length = strlen(root);
  log_fd = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_fd < 0) abort();
  if (getenv("USEWIRE_POWER_SYNC_US") != NULL) sync_us = atoi(getenv("USEWIRE_POWER_SYNC_US"));
}

/* The path from the root, or NULL where it is outside. The root itself is "". */
static const char *inside(const char *path) {
  if (log_fd < 0 || path == NULL || strncmp(path, root, root_length) != 0) return NULL;
  if (path[root_length] == '\0') return "";
  return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static void record(int op, uint64_t inode, uint64_t offset, const void *bytes, size_t length) {
  uint32_t head[6] = { op, length, inode, inode >> 32, offset, offset >> 32 };
  struct iovec parts[2] = { { head, sizeof head }, { (void *)bytes, length } };
  /* A log with holes would make a test pass that should not. */
  if (REAL(writev)(log_fd, parts, length ? 2 : 1) != (ssize_t)(sizeof head + length)) abort();
}

static int is_held(int fd, int kind) { return log_fd >= 0 && fd >= 0 && fd < MAX_FDS && held[fd].kind == kind; }

static void hold(int fd, const char *path, int flags, int is_new) {
  struct stat about;
  if (fd < 0 || fd >= MAX_FDS || fstat(fd, &about) != 0) return;
  held[fd].inode = about.st_ino;
  held[fd].appends = (flags & O_APPEND) != 0;
  if (strcmp(path + root_length, MARKS_NAME) == 0) {
    held[fd].kind = KIND_MARKS;
  } else if (S_ISDIR(about.st_mode)) {
    held[fd].kind = KIND_FOLDER;
    held[fd].path = strdup(inside(path));
  } else if (S_ISREG(about.st_mode)) {
    held[fd].kind = KIND_FILE;
    record(is_new ? OP_CREATE : OP_OPEN, about.st_ino, 0, inside(path), strlen(inside(path)));
    if (!is_new && (flags & O_TRUNC)) record(OP_TRUNCATE, about.st_ino, 0, NULL, 0);
  }
}

static int open_recorded(const char *path, int flags, mode_t mode) {
  if (inside(path) == NULL) return REAL(open)(path, flags, mode);
  pthread_mutex_lock(&lock);
  int is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
  int fd = REAL(open)(path, flags, mode);
  int error = errno;
  hold(fd, path, flags, is_new);
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    va_list rest;                                    \
    va_start(rest, flags);                           \
    mode_t mode = flags & O_CREAT ? va_arg(rest, int) : 0; \
    va_end(rest);                                    \
    return open_recorded(path, flags, mode);         \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (log_fd >= 0 && fd >= 0 && fd < MAX_FDS && held[fd].kind != KIND_OTHER) {
    pthread_mutex_lock(&lock);
    free(held[fd].path);
    held[fd].path = NULL;
    held[fd].kind = KIND_OTHER;
    pthread_mutex_unlock(&lock);
  }
  return REAL(close)(fd);
}

/* `offset` < 0: at the file's own position, or at its end. */
static ssize_t write_recorded(int fd, const struct iovec *parts, int count, off64_t offset) {
  pthread_mutex_lock(&lock);
  struct stat about;
  off64_t at = offset;
  if (held[fd].appends) at = fstat(fd, &about) == 0 ? about.st_size : 0;
  else if (offset < 0) at = lseek64(fd, 0, SEEK_CUR);
  ssize_t done = offset < 0 ? REAL(writev)(fd, parts, count) : REAL(pwritev64)(fd, parts, count, offset);
  int error = errno;
  off64_t left = done;
  for (int i = 0; i < count && left > 0; i++) {
    size_t length = parts[i].iov_len < (size_t)left ? parts[i].iov_len : (size_t)left;
    record(held[fd].kind == KIND_MARKS ? OP_MARK : OP_WRITE, held[fd].inode, at, parts[i].iov_base, length);
    at += length;
    left -= length;
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}

static int is_recorded(int fd) { return is_held(fd, KIND_FILE) || is_held(fd, KIND_MARKS); }

ssize_t write(int fd, const void *bytes, size_t length) {
  struct iovec part = { (void *)bytes, length };
  return is_recorded(fd) ? write_recorded(fd, &part, 1, -1) : REAL(write)(fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  return is_recorded(fd) ? write_recorded(fd, parts, count, -1) : REAL(writev)(fd, parts, count);
}

#define PWRITE(name, type)                                                      \
  ssize_t name(int fd, const void *bytes, size_t length, type offset) {         \
    struct iovec part = { (void *)bytes, length };                              \
    return is_recorded(fd) ? write_recorded(fd, &part, 1, offset) : REAL(name)(fd, bytes, length, offset); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(name, type)                                                     \
  ssize_t name(int fd, const struct iovec *parts, int count, type offset) {     \
    return is_recorded(fd) ? write_recorded(fd, parts, count, offset) : REAL(name)(fd, parts, count, offset); \
  }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

/* Does it and writes it down, if it was done. */
#define DONE(call, ...)              \
  pthread_mutex_lock(&lock);         \
  int result = call;                 \
  int error = errno;                 \
  if (result == 0) record(__VA_ARGS__); \
  pthread_mutex_unlock(&lock);       \
  errno = error;                     \
  return result;

#define FTRUNCATE(name, type)                                    \
  int name(int fd, type size) {                                  \
    if (!is_held(fd, KIND_FILE)) return REAL(name)(fd, size);    \
    DONE(REAL(name)(fd, size), OP_TRUNCATE, held[fd].inode, size, NULL, 0) \
  }
FTRUNCATE(ftruncate, off_t)
FTRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                               \
  int name(int fd) {                                             \
    if (sync_us > 0) usleep(sync_us);                            \
    if (is_held(fd, KIND_FOLDER)) {                              \
      DONE(REAL(name)(fd), OP_SYNC_FOLDER, 0, 0, held[fd].path, strlen(held[fd].path)) \
    }                                                            \
    if (!is_held(fd, KIND_FILE)) return REAL(name)(fd);          \
    DONE(REAL(name)(fd), OP_SYNC, held[fd].inode, 0, NULL, 0)    \
  }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *to) {
  if (inside(from) == NULL || inside(to) == NULL) return REAL(rename)(from, to);
  char both[8192];
  size_t first = strlen(inside(from)) + 1, second = strlen(inside(to));
  memcpy(both, inside(from), first);
  memcpy(both + first, inside(to), second);
  DONE(REAL(rename)(from, to), OP_RENAME, 0, 0, both, first + second)
}

#define BY_PATH(name, op)                                       \
  int name(const char *path) {                                  \
    if (inside(path) == NULL) return REAL(name)(path);          \
    DONE(REAL(name)(path), op, 0, 0, inside(path), strlen(inside(path))) \
  }
BY_PATH(unlink, OP_UNLINK)
BY_PATH(rmdir, OP_RMDIR)

int mkdir(const char *path, mode_t mode) {
  if (inside(path) == NULL) return REAL(mkdir)(path, mode);
  DONE(REAL(mkdir)(path, mode), OP_MKDIR, 0, 0, inside(path), strlen(inside(path)))
}
