#include "check.h"
#include <unistd.h>

int failures;

static const struct {
    const char *name;
    void (*run)(void);
} scenarios[] = {
    {"identifiers", identifiers}, {"service", service}, {"targets", targets}, {"groups", groups}, {"views", views},
    {"units", units}, {"properties", properties}, {"provider-data", provider_data}, {"settings", settings},
    {"nulls", nulls}, {"after-a-fork", after_a_fork}, {"threads", threads},
    {"killed-in-mid-call", killed_in_mid_call}, {"nobody-there", nobody_there}, {"nobody-answers", nobody_answers},
};

const char *given(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL) {
        printf("%s is not set\n", name);
        exit(2);
    }
    return value;
}

stmfDevid devid_of(const char *name)
{
    stmfDevid devid;
    memset(&devid, 0, sizeof devid);
    devid.identLength = (uint8_t)strlen(name);
    memcpy(devid.ident, name, devid.identLength);
    return devid;
}

int make_disk(const char *name, stmfGuid *lu)
{
    char path[512];
    luResource bag;
    int before = failures;
    snprintf(path, sizeof path, "%s/%s", given("DISKS"), name);
    OK(stmfCreateLuResource(STMF_DISK, &bag));
    OK(stmfSetLuProp(bag, STMF_LU_PROP_FILENAME, path));
    OK(stmfSetLuProp(bag, STMF_LU_PROP_SIZE, "1m"));
    OK(stmfCreateLu(bag, lu));
    OK(stmfFreeLuResource(bag));
    return failures == before;
}

#define WAIT_UNTIL(condition) \
    for (int tries_ = 0; tries_ < 12000; tries_++) { \
        if (condition) return 1; \
        usleep(10000); \
    } \
    return 0

int wait_for_target(stmfDevid *target, int status)
{
    stmfTargetProperties properties;
    WAIT_UNTIL(stmfGetTargetProperties(target, &properties) == 0 && properties.status == status);
}

int wait_for_lu(stmfGuid *lu, int status)
{
    stmfLogicalUnitProperties properties;
    WAIT_UNTIL(stmfGetLogicalUnitProperties(lu, &properties) == 0 && properties.status == (uint32_t)status);
}

int wait_for_service(int status)
{
    stmfState state;
    WAIT_UNTIL(stmfGetState(&state) == 0 && state.operationalState == status);
}

int main(int count, char **words)
{
    for (size_t i = 0; count > 1 && i < sizeof scenarios / sizeof *scenarios; i++) {
        if (strcmp(scenarios[i].name, words[1]) != 0) continue;
        if (count > 2 && strcmp(words[2], "in-a-child") == 0) {
            calls();
            in_a_child(scenarios[i].run);
        } else {
            scenarios[i].run();
        }
        printf("%s: %d failures\n", words[1], failures);
        return failures == 0 ? 0 : 1;
    }
    puts("no such scenario");
    return 2;
}
