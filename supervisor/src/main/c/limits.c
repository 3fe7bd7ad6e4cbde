// SPDX-License-Identifier: Apache-2.0
#include "limits.h"

#include <limits.h>
#include <sys/resource.h>

int limits_raise(int wanted) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    struct rlimit higher = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    if (limit.rlim_max < (rlim_t)wanted) {
        higher.rlim_cur = higher.rlim_max = (rlim_t)wanted;
    }
    // Above the hard limit only with CAP_SYS_RESOURCE; without it, up to there.
    if (setrlimit(RLIMIT_NOFILE, &higher) != 0) {
        higher.rlim_cur = higher.rlim_max = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &higher);
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > INT_MAX ? INT_MAX : (int)limit.rlim_cur;
}
