/* What the scenarios share: a check that says where it failed, and goes on. */
#ifndef CHECK_H
#define CHECK_H

#include <libstmf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int failures;

/* The environment's word; the test sets all that a scenario asks for. */
const char *given(const char *name);

stmfDevid devid_of(const char *name);

/* A disk of 1 MiB in the folder given; 0 when it could not be made. */
int make_disk(const char *name, stmfGuid *lu);

/* Waits, at most 30 seconds, until a function over an object says so. */
int wait_for_target(stmfDevid *target, int status);
int wait_for_lu(stmfGuid *lu, int status);
int wait_for_service(int status);

/* Some calls that any daemon answers. */
void calls(void);

/* Runs something in a child, whose failures are failures here. */
void in_a_child(void (*run)(void));

#define SAY(...) \
    do { \
        failures++; \
        printf("%s:%d: ", __FILE__, __LINE__); \
        printf(__VA_ARGS__); \
        putchar('\n'); \
    } while (0)

#define CHECK(condition) \
    do { \
        if (!(condition)) SAY("not so: %s", #condition); \
    } while (0)

/* A call must come to a code. */
#define IS(code, call) \
    do { \
        int got_ = (call); \
        if (got_ != (code)) { \
            char words_[512]; \
            lunette_stmf_detail(words_, sizeof words_); \
            SAY("%s: 0x%x, not %s (%s)", #call, got_, #code, words_); \
        } \
    } while (0)

#define OK(call) IS(STMF_STATUS_SUCCESS, call)
#define REFUSED(call) IS(STMF_ERROR_INVALID_ARG, call)

void identifiers(void);
void service(void);
void targets(void);
void groups(void);
void views(void);
void units(void);
void properties(void);
void provider_data(void);
void settings(void);
void nulls(void);
void after_a_fork(void);
void threads(void);
void killed_in_mid_call(void);
void nobody_there(void);
void nobody_answers(void);

#endif
