/* What it costs to have a cache line handed from one CPU to another and back: nanoseconds, the lower quartile of many
 * small batches, since in some of them one of the two had to wait for a CPU. On a virtual machine the host moves the
 * CPUs, and every program in which two of them share data changes with it. */
#define _GNU_SOURCE
#include "common.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { BATCH = 50, MOST = 4096 };
static _Alignas(128) atomic_uint ball;
static int cpus[2];

static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
}

/* Answers each odd number with the next even one. */
static void *partner(void *unused) {
    pin(cpus[1]);
    for (;;) {
        unsigned seen = atomic_load_explicit(&ball, memory_order_acquire);
        if (seen & 1) {
            atomic_store_explicit(&ball, seen + 1, memory_order_release);
        }
    }
    return unused;
}

int main(int count, char **args) {
    int64_t milliseconds = count > 1 ? atol(args[1]) : 10;
    float took[MOST];
    cpu_set_t allowed;
    int found = 0, batches = 0;
    sched_getaffinity(0, sizeof allowed, &allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE && found < 2; cpu++) {
        if (CPU_ISSET(cpu, &allowed)) {
            cpus[found++] = cpu;
        }
    }
    if (found < 2) {
        fprintf(stderr, "line: only one CPU\n");
        return 69;
    }
    pthread_t thread;
    pin(cpus[0]);
    if (pthread_create(&thread, NULL, partner, NULL)) {
        die("line");
    }
    for (int64_t end = now_ns() + milliseconds * 1000000; batches < MOST && now_ns() < end; batches++) {
        int64_t from = now_ns();
        for (int i = 0; i < BATCH; i++) {
            unsigned served = atomic_fetch_add_explicit(&ball, 1, memory_order_acq_rel) + 1;
            while (atomic_load_explicit(&ball, memory_order_acquire) == served) {
            }
        }
        took[batches] = (float) (now_ns() - from);
    }
    qsort(took, (size_t) batches, sizeof *took, ascending);
    printf("%.0f\n", took[batches / 4] / BATCH);
    return 0;
}
