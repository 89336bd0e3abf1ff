/* The failing interleaving as a table: a column for each thread, time going
 * down, a row for each event that matters, and a line where the turn passes on.
 * It is made from the events of the last run, in the parent. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "places.h"

enum {
    WIDTH = 80,
    MARGIN = 4,  /* left of the first column */
    COLUMNS = 6, /* more threads than that: one column, with their names */
    ROWS_MOST = 90,
    CELL = 96
};

/* The table as it grows; what does not fit is left out. */
struct page {
    char *text;
    size_t used;
    unsigned threads[COLUMNS]; /* by column, as they appear */
    unsigned columns;
    unsigned width; /* of a column */
    unsigned first; /* event that is shown */
    bool wide;      /* one column for all */
    struct place places[PLACES_MOST];
    unsigned place_count;
    const char *files[26]; /* a letter each */
    unsigned file_count;
    enum explore_verdict verdict;
};

static struct page page;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list arguments;
    size_t room = EXPLORE_TABLE - page.used;

    va_start(arguments, format);
    int n = vsnprintf(page.text + page.used, room, format, arguments);
    va_end(arguments);
    page.used = n < 0 ? page.used : page.used + (size_t)n;
    if (page.used >= EXPLORE_TABLE)
        page.used = EXPLORE_TABLE - 1;
}

/* --- Words --- */

static const char *const kinds[] = {
    [OBJECT_NONE] = "something",  [OBJECT_THREAD] = "thread",
    [OBJECT_MUTEX] = "mutex",     [OBJECT_COND] = "cond",
    [OBJECT_RWLOCK] = "rwlock",   [OBJECT_SEM] = "semaphore",
    [OBJECT_BARRIER] = "barrier", [OBJECT_ONCE] = "once",
    [OBJECT_PIPE] = "pipe",       [OBJECT_ATOMIC] = "atomic",
    [OBJECT_SIGNALS] = "signals", [OBJECT_MEMORY] = "memory",
    [OBJECT_SPIN] = "spin lock",
};

/* What a row says; NULL: the event has none. */
static const char *const verbs[OP_COUNT] = {
    [OP_CREATE] = "create",
    [OP_JOIN] = "join",
    [OP_DETACH] = "detach",
    [OP_LOCK] = "lock",
    [OP_TRYLOCK] = "try",
    [OP_UNLOCK] = "unlock",
    [OP_WAIT] = "wait",
    [OP_RELOCK] = "has",
    [OP_SIGNAL] = "signal",
    [OP_BROADCAST] = "broadcast",
    [OP_READ_LOCK] = "read-lock",
    [OP_SEM_WAIT] = "take",
    [OP_SEM_TRY] = "try",
    [OP_SEM_POST] = "post",
    [OP_BARRIER] = "arrive at",
    [OP_ONCE] = "run",
    [OP_SIGNAL_WAIT] = "has a signal",
    [OP_SIGNAL_SEND] = "send a signal",
    [OP_HANDLER] = "run a handler",
    [OP_PIPE_READ] = "read",
    [OP_PIPE_WRITE] = "write",
    [OP_PIPE_CLOSE] = "close",
    [OP_POLL] = "poll",
    [OP_ATOMIC] = "change",
    [OP_ATOMIC_LOAD] = "look at",
    [OP_ACCESS] = "use",
    [OP_FAULT] = "no memory",
    [OP_VERDICT] = "", /* its name */
};

static const char *name_of(unsigned thread)
{
    enum { TURNS = 4, SIZE = 24 };
    static char texts[TURNS][SIZE];
    static unsigned turn;
    char *text = texts[turn++ % TURNS];

    (void)snprintf(text, SIZE, "thread %u", thread);
    return text;
}

static const char *seconds_of(int64_t ns)
{
    enum { MS = 1000000 };
    static char text[32];

    (void)snprintf(text, sizeof text, "%lld.%03lld s",
                   (long long)(ns / 1000 / MS), (long long)(ns / MS % 1000));
    return text;
}

/* --- Lines --- */

static const struct place *place_of(const void *pc)
{
    for (unsigned i = 0; i < page.place_count; i++)
        if (page.places[i].pc == pc)
            return &page.places[i];
    return NULL;
}

static char letter_of(const char *file)
{
    for (unsigned i = 0; i < page.file_count; i++)
        if (strcmp(page.files[i], file) == 0)
            return (char)('a' + i);
    if (page.file_count == sizeof page.files / sizeof *page.files)
        return '?';
    page.files[page.file_count] = file;
    return (char)('a' + page.file_count++);
}

static bool is_shown(const struct event *event)
{
    if (event->op == OP_LOCK || event->op == OP_RELOCK)
        return event->note != NOTE_BLOCKS;
    return verbs[event->op] != NULL;
}

static void collect_places(void)
{
    const struct shared *shared = model.shared;

    for (unsigned i = page.first; i < shared->event_count; i++) {
        const struct event *event = &shared->events[i];
        if (!is_shown(event) || event->pc == NULL ||
            place_of(event->pc) != NULL || page.place_count == PLACES_MOST)
            continue;
        page.places[page.place_count++] = (struct place){.pc = event->pc};
    }
    places_find(page.places, page.place_count);
}

/* --- Columns --- */

static unsigned column_of(unsigned thread)
{
    unsigned i = 0;

    while (i < page.columns && page.threads[i] != thread)
        i++;
    return i;
}

static void collect_columns(void)
{
    const struct shared *shared = model.shared;
    bool appears[MODEL_THREADS] = {false};

    for (unsigned i = page.first; i < shared->event_count; i++)
        if (is_shown(&shared->events[i]))
            appears[shared->events[i].thread] = true;
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        if (!appears[i])
            continue;
        if (page.columns == COLUMNS) {
            page.wide = true;
            return;
        }
        page.threads[page.columns++] = i;
    }
    page.width = page.columns == 0 ? WIDTH : (WIDTH - MARGIN) / page.columns;
}

/* One row of a cell: as many whole words as fit; returns the rest. */
static const char *put_words(const char *text, unsigned width)
{
    size_t fits = strlen(text);

    if (fits > width) {
        fits = width;
        while (fits > 0 && text[fits] != ' ')
            fits--;
        if (fits == 0)
            fits = width;
    }
    put("%.*s\n", (int)fits, text);
    text += fits;
    return *text == ' ' ? text + 1 : text;
}

static void put_cell(unsigned column, const char *text, const char *mark)
{
    unsigned indent = MARGIN + column * page.width;
    const char *rest = text;

    do {
        put("%-*s", (int)indent, rest == text ? mark : "");
        rest = put_words(rest, page.width - 1);
    } while (*rest != '\0');
}

static void put_heading(void)
{
    put("%-*s", MARGIN, "");
    if (page.wide) {
        put("each line says which thread\n");
        return;
    }
    for (unsigned i = 0; i < page.columns; i++)
        put("%-*s", i + 1 < page.columns ? (int)page.width : 0,
            name_of(page.threads[i]));
    put("\n");
}

/* --- Rows --- */

static const char *note_of(const struct event *event)
{
    switch (event->note) {
    case NOTE_TIMED_OUT:
        return ": timed out";
    case NOTE_FAILED:
        return ": fails";
    case NOTE_LOST:
        return ": nobody waits";
    case NOTE_SPURIOUS:
        return ": wakes for no reason";
    default:
        return "";
    }
}

static void describe(char *text, size_t size, const struct event *event)
{
    const struct place *place = place_of(event->pc);
    size_t used = 0;
    bool about_thread = event->op == OP_CREATE || event->op == OP_JOIN;

    if (place != NULL && place->line != 0)
        used = (size_t)snprintf(text, size, "%c%d ", letter_of(place->file),
                                place->line);
    used += (size_t)snprintf(text + used, size - used, "%s",
                             event->op == OP_VERDICT
                                 ? explore_verdict_name(page.verdict)
                                 : verbs[event->op]);
    if (about_thread && event->other != NOBODY)
        used += (size_t)snprintf(text + used, size - used, " %u", event->other);
    else if (event->kind != OBJECT_NONE && event->kind != OBJECT_SIGNALS)
        used += (size_t)snprintf(text + used, size - used, " %s %u",
                                 kinds[event->kind], event->object);
    (void)snprintf(text + used, size - used, "%s", note_of(event));
}

/* Why the turn passed on, in words. */
static size_t tell_reason(char *text, size_t size, const struct event *event)
{
    const char *from = name_of(event->thread);

    switch (event->note) {
    case NOTE_ENDED:
        return (size_t)snprintf(text, size, "%s has ended", from);
    case NOTE_SLEEPS:
        return (size_t)snprintf(text, size, "%s sleeps until %s", from,
                                seconds_of(event->until));
    case NOTE_OBSERVES:
        return (size_t)snprintf(text, size, "%s waits until %s is blocked",
                                from, name_of(event->object));
    case NOTE_YIELDS:
        return (size_t)snprintf(text, size, "%s yields", from);
    case NOTE_PREEMPTED:
        return (size_t)snprintf(text, size, "%s is preempted", from);
    default:
        if (event->kind == OBJECT_NONE)
            return (size_t)snprintf(text, size, "%s waits for the end of %s",
                                    from, name_of(event->object));
        return (size_t)snprintf(text, size, "%s waits for %s %u", from,
                                kinds[event->kind], event->object);
    }
}

static void put_switch(const struct event *event)
{
    char text[2 * CELL];
    size_t used = tell_reason(text, sizeof text, event);

    if (event->note == NOTE_BLOCKS && event->holder != NOBODY)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 ", which %s holds", name_of(event->holder));
    if (event->note == NOTE_BLOCKS && event->until != MODEL_NEVER)
        used +=
            (size_t)snprintf(text + used, sizeof text - used,
                             ", at most until %s", seconds_of(event->until));
    (void)snprintf(text + used, sizeof text - used, "; %s goes on",
                   name_of(event->other));
    const char *rest = text;
    do {
        put("%-*s%s ", MARGIN, "", rest == text ? "--" : "  ");
        rest = put_words(rest, WIDTH - MARGIN - 3);
    } while (*rest != '\0');
}

/* Behind all that belongs to the step. */
static void put_doom(const struct doom *doom)
{
    if (doom->step == 0)
        put("*** all %u schedules that were tried from here fail\n",
            doom->tried);
    else
        put("*** from here on it is lost: all %u continuations that were tried "
            "fail\n",
            doom->tried);
}

static void put_event(const struct event *event)
{
    char text[CELL];

    if (event->op == OP_SWITCH) {
        put_switch(event);
        return;
    }
    if (event->op == OP_CLOCK) {
        put("%-*s-- the clock goes to %s\n", MARGIN, "",
            seconds_of(event->time));
        return;
    }
    if (!is_shown(event))
        return;
    describe(text, sizeof text, event);
    if (page.wide)
        put("%-*s%s: %s\n", MARGIN, "", name_of(event->thread), text);
    else
        put_cell(column_of(event->thread), text,
                 event->op == OP_VERDICT ? ">>>" : "");
}

/* A long schedule is shown from near its end. */
static unsigned find_first(void)
{
    const struct shared *shared = model.shared;
    unsigned rows = 0;
    unsigned i = shared->event_count;

    while (i > 0 && rows < ROWS_MOST) {
        i--;
        rows +=
            is_shown(&shared->events[i]) || shared->events[i].op == OP_SWITCH;
    }
    return i;
}

static void put_files(void)
{
    for (unsigned i = 0; i < page.file_count; i++)
        put("%s%c = line of %s\n", i == 0 ? "\n" : "", 'a' + (int)i,
            page.files[i]);
}

void table_write(struct explore_result *result, const struct doom *doom)
{
    const struct shared *shared = model.shared;

    memset(&page, 0, sizeof page);
    page.text = result->table;
    page.verdict = result->verdict;
    page.first = find_first();
    collect_places();
    collect_columns();
    put_heading();
    if (page.first > 0)
        put("%-*s... %u events before\n", MARGIN, "", page.first);
    bool lost = doom->step == 0;
    if (lost)
        put_doom(doom);
    for (unsigned i = page.first; i < shared->event_count; i++) {
        const struct event *event = &shared->events[i];
        if (!lost && (event->step > doom->step || event->op == OP_VERDICT) &&
            doom->step != UINT32_MAX) {
            put_doom(doom);
            lost = true;
        }
        put_event(event);
    }
    put_files();
}
