/* Kills a process of Wine that writes a journal: FUSE says where at a record, `before` it is written, `torn` in the middle of its line,
   `after` it is there. Each kind of record of each step burns once; FUSE_SPENT is the file of those that did. FUSE_AT is the number of
   the only record that does. It is preloaded, so that the program itself has nothing of it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_journal(int fd) {
    static const char end[] = ".journal";
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    return length > (ssize_t)sizeof end && memcmp(path + length - (sizeof end - 1), end, sizeof end - 1) == 0;
}

/* The value of a key that is a text or a number. */
static void value_of(const char *line, const char *key, char *out, size_t size) {
    char quoted[32];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(line, quoted);
    size_t length = 0;
    if (at) {
        at += strlen(quoted);
        at += *at == '"';
        length = strcspn(at, "\",}");
        length = length < size ? length : size - 1;
        memcpy(out, at, length);
    }
    out[length] = 0;
}

/* True where the process is to be killed at this record, for the first time. */
static int burns(const char *bytes, size_t size) {
    const char *spent = getenv("FUSE_SPENT"), *only = getenv("FUSE_AT");
    char line[8192], number[16], record[32], step[64], boot[64], key[192], seen[256];
    if (!getenv("FUSE") || !spent || size >= sizeof line)
        return 0;
    memcpy(line, bytes, size);
    line[size] = 0;
    value_of(line, "n", number, sizeof number);
    value_of(line, "record", record, sizeof record);
    value_of(line, "step", step, sizeof step);
    value_of(line, "boot", boot, sizeof boot);
    if (only && strcmp(only, number) != 0)
        return 0;
    snprintf(key, sizeof key, "%s %s %s", record, step, boot);
    FILE *file = fopen(spent, "a+");
    if (!file)
        return 0;
    rewind(file);
    while (fgets(seen, sizeof seen, file)) {
        seen[strcspn(seen, "\n")] = 0;
        if (only || strcmp(seen, key) == 0) {
            fclose(file);
            return 0;
        }
    }
    fprintf(file, "%s\n", key);
    fclose(file);
    return 1;
}

typedef ssize_t writing(int, const void *, size_t, off_t);

static ssize_t plain(int fd, const void *bytes, size_t size, off_t offset) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    (void)offset;
    return real(fd, bytes, size);
}

static ssize_t placed(int fd, const void *bytes, size_t size, off_t offset) {
    static writing *real;
    if (!real)
        real = (writing *)dlsym(RTLD_NEXT, "pwrite");
    return real(fd, bytes, size, offset);
}

static ssize_t fused(writing *write_it, int fd, const void *bytes, size_t size, off_t offset) {
    if (!is_journal(fd) || !burns(bytes, size))
        return write_it(fd, bytes, size, offset);
    const char *where = getenv("FUSE");
    if (strcmp(where, "before") != 0)
        write_it(fd, bytes, strcmp(where, "torn") == 0 ? size / 2 : size, offset);
    kill(getpid(), SIGKILL);
    pause();
    return -1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    return fused(plain, fd, bytes, size, 0);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
    return fused(placed, fd, bytes, size, offset);
}
