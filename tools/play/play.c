/* Plays a program on the explorer's virtual clock: the demo that is linked in,
 * whose main() is play_main() here (see names.txt).
 *
 *   play                        once, in the default order; what it prints and
 *                               its exit status are the program's
 *   play --schedules N          under N schedules, told run by run (record.h)
 *   play --each                 a schedule string on each line of stdin
 *   --seed N                    another interleaving, and other random values
 *   --strategy N                enum explore_strategy, a mask
 *   --schedule STRING           this one interleaving
 *   --start S                   the clock at the start: seconds since 1970
 *   --type KEY --when LINE      type it when the program has printed the line
 *
 * A schedule string here is one of the explorer's, and behind it may stand
 * `@N`, the number of the run's random values, and `+MS`, how many milliseconds
 * after the full second the program starts: 1f0:7t-@12+500.
 *
 * Exit status besides the program's: 125, it cannot be played. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "explore.h"
#include "record.h"

enum {
    EXIT_TROUBLE = 125,
    STEPS = 1000000, /* of a schedule: if each of 500 wakes all the others */
    LINE = 1024,
    NUMBERS = 64, /* characters of those behind a schedule */
    STRING = 1 << 18,
    MS = 1000000,
    SECOND = 1000000000
};

int play_main(void); /* the program's */

/* In the place of the program's own calls. */
_Noreturn void play_exit(int status);
_Noreturn void play_quit(int status);
void play_srand(unsigned seed);
int play_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int play_puts(const char *text);

/* What was asked for; set once. */
static struct {
    struct explore_options explore;
    bool tells; /* run by run */
    bool each;
    unsigned long random;
    long late; /* ms */
    const char *key;
    const char *when;
} call;

/* What the parent process wants to know of the child that plays. */
struct shared {
    unsigned long runs; /* that have begun */
    bool ended; /* this run has: what its threads still do is not seen */
    int status;
    bool typed;
};

static struct shared *shared;
static int64_t started; /* ns, on the virtual clock */
static char schedule[STRING];

/* Printing is an act that others see, so it is a schedule point: the stream's
 * own lock, as the explorer knows locks. */
static pthread_mutex_t stream = PTHREAD_MUTEX_INITIALIZER;

static int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

/* Each run of many draws other numbers; but the search runs the same program
 * again and again. */
static unsigned long random_number(void)
{
    bool varies =
        call.tells && !call.each && call.explore.strategies != EXPLORE_SEARCH;

    return call.random + (varies ? shared->runs - 1 : 0);
}

/* The string that leads to where the program is now; "": it is too long. */
static void write_schedule(void)
{
    if (!explore_schedule(schedule, sizeof schedule - NUMBERS)) {
        schedule[0] = '\0';
        return;
    }
    char *end = schedule + strlen(schedule);
    if (random_number() != 0 || call.late != 0)
        end += snprintf(end, NUMBERS / 2, "@%lu", random_number());
    if (call.late != 0)
        (void)snprintf(end, NUMBERS / 2, "+%ld", call.late);
}

static struct record_end end_of(const char *verdict, const char *message)
{
    return (struct record_end){
        .verdict = verdict,
        .message = message,
        .schedule = schedule,
        .status = shared->ended ? shared->status : -1,
        .ns = explore_running() ? now() - started : 0,
        .typed = shared->typed,
    };
}

/* The program has come to its end. Its other threads would go with the process;
 * here they run on, unseen. Until then they may print: the end of a process
 * takes the stream's lock, too. */
static void end_run(int status)
{
    (void)pthread_mutex_lock(&stream);
    (void)fflush(stdout);
    shared->ended = true;
    shared->status = status;
    write_schedule();
    if (call.tells) {
        struct record_end end = end_of("pass", "");
        record_tell(&end);
    }
    (void)pthread_mutex_unlock(&stream);
}

static void play(void *arg)
{
    const struct timespec late = {.tv_sec = call.late / 1000,
                                  .tv_nsec = call.late % 1000 * MS};

    (void)arg;
    record_begin();
    shared->runs++;
    shared->ended = false;
    shared->typed = false;
    explore_excuse_leaks();
    if (call.late != 0)
        (void)nanosleep(&late, NULL);
    started = now();
    int status = play_main();
    if (!shared->ended)
        end_run(status);
}

/* --- The program's calls --- */

void play_quit(int status)
{
    if (!shared->ended)
        end_run(status);
    explore_end(EXPLORE_TODO, NULL, 0, "the program has ended itself");
}

void play_exit(int status)
{
    (void)fflush(stdout);
    play_quit(status);
}

void play_srand(unsigned seed)
{
    srand(seed + (unsigned)random_number() * 2654435761u);
}

/* Is it a whole line that ends in these words? */
static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);
    size_t wanted = strlen(end) + 1;

    return size >= wanted && text[size - 1] == '\n' &&
           memcmp(text + size - wanted, end, wanted - 1) == 0;
}

/* The terminal shows the key and sends the signal. */
static void type_key(void)
{
    shared->typed = true;
    (void)fputs(call.key, stdout);
    (void)fflush(stdout);
    explore_interrupt();
}

/* Text that ends with a newline, or a part of a line. */
static int print(const char *text)
{
    (void)pthread_mutex_lock(&stream);
    int n = shared->ended ? (int)strlen(text) : fputs(text, stdout);
    bool due = !shared->ended && !shared->typed && call.when != NULL &&
               ends_with(text, call.when);
    (void)pthread_mutex_unlock(&stream);
    if (record_size() > RECORD_MOST)
        explore_end(EXPLORE_WRONG, NULL, 0, "it prints without end");
    if (due)
        type_key();
    return n;
}

int play_printf(const char *format, ...)
{
    char text[LINE];
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return n < 0 ? n : print(text);
}

int play_puts(const char *text)
{
    char line[LINE];

    (void)snprintf(line, sizeof line, "%s\n", text);
    return print(line);
}

/* --- What was asked for --- */

static _Noreturn void trouble(const char *text)
{
    (void)dprintf(record_stderr(), "play: %s\n", text);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there are no other threads
    exit(EXIT_TROUBLE);
}

static long number(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (*text == '\0' || *end != '\0' || value < 0)
        trouble("a number is wanted");
    return value;
}

/* Take the numbers behind a schedule off it. */
static const char *take_numbers(char *text)
{
    char *random = strchr(text, '@');

    call.random = 0;
    call.late = 0;
    if (random == NULL)
        return text;
    char *late = strchr(random, '+');
    *random = '\0';
    if (late != NULL) {
        *late = '\0';
        call.late = number(late + 1);
    }
    call.random = (unsigned long)number(random + 1);
    return text;
}

enum { SEED = 1, SCHEDULES, STRATEGY, SCHEDULE, START, TYPE, WHEN, EACH };

static const struct option options[] = {
    {"seed", required_argument, NULL, SEED},
    {"schedules", required_argument, NULL, SCHEDULES},
    {"strategy", required_argument, NULL, STRATEGY},
    {"schedule", required_argument, NULL, SCHEDULE},
    {"start", required_argument, NULL, START},
    {"type", required_argument, NULL, TYPE},
    {"when", required_argument, NULL, WHEN},
    {"each", no_argument, NULL, EACH},
    {0},
};

static void take(int option, char *value)
{
    switch (option) {
    case SEED:
        call.explore.seed = (uint64_t)number(value);
        call.random = (unsigned long)call.explore.seed;
        break;
    case SCHEDULES:
        call.explore.schedules = (unsigned long)number(value);
        call.tells = true;
        break;
    case STRATEGY:
        call.explore.strategies = (unsigned)number(value);
        break;
    case SCHEDULE:
        call.explore.replay = take_numbers(value);
        break;
    case START:
        call.explore.start = number(value);
        break;
    case TYPE:
        call.key = value;
        break;
    case WHEN:
        call.when = value;
        break;
    case EACH:
        call.each = call.tells = true;
        break;
    default:
        // NOLINTNEXTLINE(concurrency-mt-unsafe): there are no other threads
        exit(EXIT_TROUBLE); /* getopt has said why */
    }
}

static void read_call(int argc, char **argv)
{
    int option;

    call.explore.start = (int64_t)time(NULL);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there are no other threads
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        take(option, optarg);
    if (optind != argc || (call.key == NULL) != (call.when == NULL))
        trouble("wrong call; the head of tools/play/play.c says how");
    call.explore.steps = STEPS;
    call.explore.keep_memory = true;
    call.explore.unreduced = true;
    if (call.explore.strategies == 0)
        call.explore.strategies = call.explore.seed != 0 && !call.tells
                                      ? EXPLORE_RANDOM
                                      : EXPLORE_ROUND_ROBIN;
    if (!call.tells)
        call.explore.schedules = 1;
}

/* --- Runs --- */

static struct explore_result result;

/* True: the runs went as they should, or the program had ended before they did
 * not. */
static bool run(void)
{
    record_begin();
    enum explore_verdict verdict =
        explore_run(play, NULL, &call.explore, &result);

    if (verdict == EXPLORE_PASS || (shared->runs > 0 && shared->ended))
        return true;
    (void)snprintf(schedule, sizeof schedule, "%s@%lu+%ld", result.schedule,
                   random_number(), call.late);
    return false;
}

static void tell_failure(void)
{
    struct record_end end =
        end_of(explore_verdict_name(result.verdict), result.message);

    record_tell(&end);
}

static int once(void)
{
    bool ended = run();

    record_copy();
    if (ended)
        return shared->status;
    (void)dprintf(record_stderr(), "%s: %s\n",
                  explore_verdict_name(result.verdict), result.message);
    if (result.schedule[0] != '\0')
        (void)dprintf(record_stderr(), "%s\nSCHEDULE=%s\n", result.table,
                      schedule);
    return EXIT_TROUBLE;
}

/* A schedule that the program ends by itself ends the explorer's run, too: the
 * rest is run anew, by another seed. */
static void many(void)
{
    unsigned long left = call.explore.schedules;

    while (left > 0) {
        unsigned long before = shared->runs;
        call.explore.schedules = left;
        if (!run()) {
            tell_failure();
            break;
        }
        unsigned long done = shared->runs - before;
        if (result.verdict == EXPLORE_PASS || done == 0)
            break;
        left -= done < left ? done : left;
        call.explore.seed++;
    }
    record_tell_last(shared->runs,
                     result.verdict == EXPLORE_PASS && result.complete);
}

/* One run for each line. */
static void each(void)
{
    static char line[STRING];

    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        call.explore.replay = take_numbers(line);
        shared->ended = false;
        if (!run())
            tell_failure();
    }
    record_tell_last(shared->runs, false);
}

int main(int argc, char **argv)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !record_open()) {
        perror("play");
        return EXIT_TROUBLE;
    }
    read_call(argc, argv);
    if (!call.tells)
        return once();
    if (call.each)
        each();
    else
        many();
    return EXIT_SUCCESS;
}
