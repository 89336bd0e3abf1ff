/* Addresses become lines: by addr2line, once for each result. */
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"
#include "places.h"

enum { PATH = 512, LINE = 1024 };

static int first_object(struct dl_phdr_info *info, size_t size, void *base)
{
    (void)size;
    *(uintptr_t *)base = info->dlpi_addr;
    return 1; /* the program itself comes first */
}

static uintptr_t load_base(void)
{
    uintptr_t base = 0;

    (void)dl_iterate_phdr(first_object, &base);
    return base;
}

/* In the child: addr2line, its output on descriptor 1. */
_Noreturn static void be_addr2line(const struct place *places, unsigned n)
{
    static char addresses[PLACES_MOST][24];
    static char program[PATH];
    char *arguments[PLACES_MOST + 5] = {"addr2line", "-f", "-e", program};
    ssize_t length = readlink("/proc/self/exe", program, PATH - 1);
    uintptr_t base = load_base();

    if (length < 0)
        length = 0;
    program[length] = '\0';
    for (unsigned i = 0; i < n; i++) {
        /* A return address belongs to the line behind the call. */
        (void)snprintf(addresses[i], sizeof addresses[i], "0x%lx",
                       (unsigned long)((uintptr_t)places[i].pc - base - 1));
        arguments[i + 4] = addresses[i];
    }
    (void)execvp(arguments[0], arguments);
    _exit(127);
}

/* Where the sources are shown from. */
static const char *shorten(const char *path)
{
    char folder[PATH];

    if (getcwd(folder, sizeof folder) == NULL)
        return path;
    size_t n = strlen(folder);
    if (strncmp(path, folder, n) != 0 || path[n] != '/')
        return path;
    path += n + 1;
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

static bool read_line(FILE *from, char *line)
{
    if (fgets(line, LINE, from) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* Two lines for each place: the function, and "file:line (discriminator 2)". */
static void read_places(FILE *from, struct place *places, unsigned n)
{
    char function[LINE];
    char line[LINE];

    for (unsigned i = 0; i < n; i++) {
        if (!read_line(from, function) || !read_line(from, line))
            return;
        char *colon = strrchr(line, ':');
        if (colon == NULL || line[0] == '?')
            continue;
        *colon = '\0';
        (void)snprintf(places[i].function, sizeof places[i].function, "%.*s",
                       (int)sizeof places[i].function - 1, function);
        (void)snprintf(places[i].file, sizeof places[i].file, "%.*s",
                       (int)sizeof places[i].file - 1, shorten(line));
        places[i].line = (int)strtol(colon + 1, NULL, 10);
    }
}

void places_find(struct place *places, unsigned n)
{
    int ends[2];

    if (n == 0 || pipe(ends) != 0)
        return;
    pid_t child = fork();
    if (child == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0)
            _exit(127);
        (void)close(STDERR_FILENO);
        be_addr2line(places, n);
    }
    (void)close(ends[1]);
    FILE *from = fdopen(ends[0], "r");
    if (from == NULL) {
        (void)close(ends[0]);
    } else {
        if (child > 0)
            read_places(from, places, n);
        (void)fclose(from);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

/* --- The lines in a message --- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* The addresses that stand in a message, in order. */
static unsigned collect(const char *message, struct place *places,
                        unsigned most)
{
    unsigned n = 0;

    for (const char *at = strchr(message, '\001'); at != NULL && n < most;
         at = strchr(at + 1, '\001')) {
        places[n] = (struct place){0};
        places[n].pc = (const void *)(uintptr_t)strtoull(at + 1, NULL, 16);
        n++;
    }
    return n;
}

/* Put file:line where the message has an address. */
static void replace(char *to, size_t size, const char *message,
                    const struct place *places, unsigned n)
{
    size_t used = 0;
    unsigned i = 0;

    for (const char *at = message; *at != '\0' && used + 1 < size; at++) {
        if (*at != '\001') {
            to[used++] = *at;
            continue;
        }
        const struct place *place = i < n ? &places[i] : NULL;
        int length = place == NULL || place->line == 0
                         ? snprintf(to + used, size - used, "an unknown line")
                         : snprintf(to + used, size - used, "%s:%d",
                                    base_name(place->file), place->line);
        i++;
        used += (size_t)length;
        at = strchr(at, '\002');
        if (at == NULL || used >= size)
            break;
    }
    to[used < size ? used : size - 1] = '\0';
}

static void add_place(struct explore_result *result, const struct place *place)
{
    if (result->place_count == EXPLORE_PLACES || place->line == 0)
        return;
    struct explore_place *to = &result->places[result->place_count++];
    to->line = place->line;
    memcpy(to->file, place->file, sizeof to->file);
    memcpy(to->function, place->function, sizeof to->function);
}

void places_fill(struct explore_result *result, const struct outcome *outcome)
{
    static struct place places[PLACES_MOST];
    unsigned n = collect(outcome->message, places, PLACES_MOST);

    if (outcome->file[0] != '\0') {
        struct place asserted = {.line = outcome->line};
        (void)snprintf(asserted.file, sizeof asserted.file, "%s",
                       shorten(outcome->file));
        add_place(result, &asserted);
    }
    places_find(places, n);
    replace(result->message, sizeof result->message, outcome->message, places,
            n);
    for (unsigned i = 0; i < n; i++)
        add_place(result, &places[i]);
}
