/* Which of two dates comes first? The larger unit decides; only where
 * it is equal does the smaller one. To compare only the larger unit, or
 * each unit by itself, is wrong for some pair, and a test must have
 * that pair. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct date {
    int year;
    int month;
};

static bool comes_before(struct date one, struct date two)
{
    return one.year < two.year ||
           (one.year == two.year && one.month < two.month);
}

int main(void)
{
    const struct date pair[][2] = {
        {{2019, 12}, {2020, 1}},
        {{2020, 1}, {2020, 2}},
        {{2020, 1}, {2020, 1}},
        {{2020, 1}, {2019, 12}},
    };

    for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++)
        printf("%d-%02d before %d-%02d: %s\n", pair[i][0].year,
               pair[i][0].month, pair[i][1].year, pair[i][1].month,
               comes_before(pair[i][0], pair[i][1]) ? "yes" : "no");
    return EXIT_SUCCESS;
}
