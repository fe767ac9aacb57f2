/* Several threads and processes at once, and a daemon that is not there. */
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void in_a_child(void (*run)(void))
{
    int status = -1;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        failures = 0;
        alarm(240);
        run();
        fflush(stdout);
        _exit(failures == 0 ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void calls(void)
{
    for (int i = 0; i < 50; i++) {
        stmfGuidList *list = NULL;
        stmfState state;
        OK(stmfGetState(&state));
        OK(stmfGetLogicalUnitList(&list));
        stmfFreeMemory(list);
    }
}

void after_a_fork(void)
{
    luResource kept;
    char text[32];
    size_t length = sizeof text;

    /* Before the parent ever called, and after; what the parent holds is its own. */
    in_a_child(calls);
    OK(stmfCreateLuResource(STMF_DISK, &kept));
    OK(stmfSetLuProp(kept, STMF_LU_PROP_ALIAS, "kept"));
    calls();
    in_a_child(calls);
    calls();
    OK(stmfGetLuProp(kept, STMF_LU_PROP_ALIAS, text, &length));
    CHECK(strcmp(text, "kept") == 0);
}

static void *one_of_many(void *number)
{
    stmfGroupName group;
    int *mine = number;

    for (int i = 0; i < 20; i++) {
        stmfGroupList *list = NULL;
        snprintf(group, sizeof group, "group-%d-%d", *mine, i);
        if (stmfCreateHostGroup(&group) != 0 || stmfGetHostGroupList(&list) != 0) (*mine)++;
        stmfFreeMemory(list);
        if (stmfDeleteHostGroup(&group) != 0) (*mine)++;
        /* A thread's words are its own. */
        if (stmfDeleteHostGroup(&group) != STMF_ERROR_NOT_FOUND) (*mine)++;
    }
    return NULL;
}

static void *caller_that_stays(void *pipe_end)
{
    stmfState state;
    char end;

    OK(stmfGetState(&state));
    CHECK(read(((int *)pipe_end)[0], &end, 1) == 0);
    return NULL;
}

/* A child has only the thread that forked; the library must not wait for the others. */
static void fork_beside_a_thread(void)
{
    pthread_t thread;
    int ends[2];

    CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, caller_that_stays, ends) == 0);
    calls();
    in_a_child(calls);
    CHECK(close(ends[1]) == 0 && pthread_join(thread, NULL) == 0 && close(ends[0]) == 0);
}

void threads(void)
{
    enum { COUNT = 8 };
    pthread_t thread[COUNT];
    int numbers[COUNT];
    stmfGroupList *list = NULL;

    for (int i = 0; i < COUNT; i++) {
        numbers[i] = i * 1000;
        CHECK(pthread_create(&thread[i], NULL, one_of_many, &numbers[i]) == 0);
    }
    for (int i = 0; i < COUNT; i++) {
        CHECK(pthread_join(thread[i], NULL) == 0);
        CHECK(numbers[i] == i * 1000);
    }
    OK(stmfGetHostGroupList(&list));
    CHECK(list->cnt == 0);
    stmfFreeMemory(list);
    in_a_child(calls);
    fork_beside_a_thread();
}

/* A process that is killed in the middle of its calls: the daemon serves the next as ever, and what stands is whole. */
void killed_in_mid_call(void)
{
    for (int i = 0; i < 20; i++) {
        int status = 0;
        pid_t child;

        fflush(stdout);
        child = fork();
        if (child == 0) {
            alarm(240);
            for (;;) {
                stmfGroupName group = "short-lived";
                stmfCreateHostGroup(&group);
                stmfDeleteHostGroup(&group);
            }
        }
        usleep(20000 + 3000 * (unsigned)i);
        CHECK(child > 0 && kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    }
    calls();
    for (int i = 0; i < 2; i++) {
        stmfGroupName group = "short-lived";
        int gone = stmfDeleteHostGroup(&group);
        CHECK(gone == STMF_STATUS_SUCCESS || gone == STMF_ERROR_NOT_FOUND);
    }
}

void nobody_there(void)
{
    stmfState state;
    stmfDevid target = devid_of("iqn.2026-11.example:a");
    char words[512];

    IS(STMF_ERROR_SERVICE_NOT_FOUND, stmfGetState(&state));
    lunette_stmf_detail(words, sizeof words);
    CHECK(strstr(words, "no daemon listens on") != NULL && strstr(words, "lunette serve") != NULL);
    IS(STMF_ERROR_SERVICE_NOT_FOUND, stmfOfflineTarget(&target));
    REFUSED(stmfOfflineTarget(NULL));
}

void nobody_answers(void)
{
    stmfState state;
    char words[512];
    time_t begin = time(NULL);

    setenv("LUNETTE_TIMEOUT", "1", 1);
    IS(STMF_STATUS_ERROR, stmfGetState(&state));
    lunette_stmf_detail(words, sizeof words);
    CHECK(words[0] != 0);
    CHECK(time(NULL) - begin < 60);
}
