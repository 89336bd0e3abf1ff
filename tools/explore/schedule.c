/* A schedule as a string: "1f0:12tA3t2C.37-9c4e". 1 is the version; f0 the
 * faults that were choices; then, for every choice that was not the default,
 * how many defaults came before it, its kind, which (none: 1), and a letter
 * that checks what the program had done by then; at the end how many choices
 * there were, and a check of everything. Without that end it is how a schedule
 * begins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { UNCHECKED = '-' };

static const char kinds[] = "twscmpr"; /* in the order of enum choice_kind */

static size_t put(char *to, size_t size, size_t used, const char *format,
                  unsigned value)
{
    if (used >= size)
        return used;
    int n = snprintf(to + used, size - used, format, value);
    return used + (n > 0 ? (size_t)n : 0);
}

static size_t put_deviation(char *to, size_t size, size_t used, unsigned gap,
                            const struct choice *choice)
{
    if (gap > 0)
        used = put(to, size, used, "%u", gap);
    used = put(to, size, used, "%c", (unsigned)kinds[choice->kind]);
    if (choice->value > 1)
        used = put(to, size, used, "%u", choice->value);
    return put(to, size, used, "%c", 'A' + (unsigned)choice->check);
}

/* Up to the last choice that is no default; then *defaults were. */
static size_t put_choices(char *to, size_t size, unsigned faults,
                          const struct choice *choices, unsigned n,
                          unsigned *defaults)
{
    size_t used = put(to, size, 0, "1f%x:", faults);
    unsigned gap = 0;

    for (unsigned i = 0; i < n; i++) {
        if (choices[i].value == 0) {
            gap++;
            continue;
        }
        used = put_deviation(to, size, used, gap, &choices[i]);
        gap = 0;
    }
    *defaults = gap;
    return used;
}

bool explore_schedule(char *to, size_t size)
{
    const struct shared *shared = model.shared;
    unsigned defaults;

    to[0] = '\0';
    return model_is_on() &&
           put_choices(to, size, model.options.faults, shared->choices,
                       shared->choice_count, &defaults) < size;
}

void schedule_write(char *to, size_t size, unsigned faults,
                    const struct choice *choices, unsigned n, uint32_t hash)
{
    unsigned defaults;
    size_t used = put_choices(to, size, faults, choices, n, &defaults);

    used = put(to, size, used, ".%u", n);
    used = put(to, size, used, "-%04x", hash & 0xffff);
    if (used >= size)
        to[0] = '\0'; /* too long to be told */
}

/* Where the number ends; "": there is none, which is the end of all. */
static const char *number(const char *from, unsigned *value, int base)
{
    char *end;

    *value = (unsigned)strtoul(from, &end, base);
    return end == from ? "" : end;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A value above 15 is not compared. */
static uint8_t check_of(char letter)
{
    return letter == UNCHECKED ? UINT8_MAX : (uint8_t)(letter - 'A');
}

/* One deviation; NULL: it makes no sense. */
static const char *read_deviation(const char *from, struct choice *choices,
                                  unsigned *n)
{
    unsigned gap = 0;
    unsigned value = 1;

    if (is_digit(*from))
        from = number(from, &gap, 10);
    if (*from == '\0' || gap > MODEL_CHOICES - 2 - *n)
        return NULL;
    const char *kind = strchr(kinds, *from++);
    if (kind == NULL)
        return NULL;
    if (is_digit(*from))
        from = number(from, &value, 10);
    if (*from != UNCHECKED && (*from < 'A' || *from > 'P'))
        return NULL;
    memset(&choices[*n], 0, gap * sizeof *choices);
    *n += gap;
    choices[(*n)++] = (struct choice){.kind = (uint8_t)(kind - kinds),
                                      .check = check_of(*from),
                                      .n = UINT16_MAX,
                                      .value = (uint16_t)value};
    return from + 1;
}

bool schedule_read(const char *from, unsigned *faults, struct choice *choices,
                   unsigned *n, unsigned *total, uint32_t *hash)
{
    *n = 0;
    if (strncmp(from, "1f", 2) != 0)
        return false;
    from = number(from + 2, faults, 16);
    if (*from++ != ':')
        return false;
    while (*from != '.' && *from != '\0') {
        from = read_deviation(from, choices, n);
        if (from == NULL)
            return false;
    }
    *total = SCHEDULE_OPEN;
    if (*from == '\0')
        return true;
    from = number(from + 1, total, 10);
    if (*from != '-')
        return false;
    const char *check = from + 1;
    from = number(check, hash, 16);
    return from == check + 4 && *from == '\0';
}
